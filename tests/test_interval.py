from __future__ import annotations

import numpy as np
import pytest

from audit import interval


def test_wilson_against_published_values() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    low, high = interval.wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert interval.wilson(0, 20)[0] == 0
    assert interval.wilson(20, 20)[1] == 1


def test_a_weighted_score_leaves_out_what_was_not_judged() -> None:
    kept, judged, weights = np.array([8.0, 0.0, 1.0]), np.array([10.0, 0.0, 2.0]), np.array([3.0, 3.0, 1.0])
    assert interval.weighted(kept, judged, weights) == pytest.approx((3 * 80 + 1 * 50) / 4)
    assert np.isnan(interval.weighted(kept * 0, judged * 0, weights))


def test_replicates_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for seed in range(200):
        kept = generator.binomial(1, 0.7, size=150)
        patterns = np.array([[1.0, 1.0], [0.0, 1.0]])
        counts = np.array([kept.sum(), 150 - kept.sum()], dtype=float)
        (values,) = interval.replicates(patterns, counts, [np.array([1.0])], seed)
        bounds = interval.quantiles(values, 100 * kept.mean())
        assert bounds is not None
        covered += bounds[0] <= 70 <= bounds[1]
    assert covered >= 180


def test_the_linearised_error_is_that_of_the_bootstrap() -> None:
    generator = np.random.default_rng(11)
    judged = generator.integers(0, 3, size=(300, 4)).astype(float)
    patterns = np.hstack([generator.binomial(judged.astype(int), [0.9, 0.6, 0.75, 0.5]).astype(float), judged])
    counts, weights = np.ones(300), np.array([3.0, 2.0, 1.0, 0.0])
    (values,) = interval.replicates(patterns, counts, [weights], 5)
    assert interval.error(patterns, counts, weights) == pytest.approx(np.nanstd(values), rel=0.15)


def test_a_faultless_handful_is_not_taken_for_certainty() -> None:
    flawless = np.array([[1.0, 1.0]])
    few, many = (interval.error(flawless, np.array([n]), np.array([1.0])) for n in (3.0, 300.0))
    assert few is not None
    assert many is not None
    assert few > 10 * many > 0
    assert interval.error(np.zeros((0, 2)), np.zeros(0), np.array([1.0])) is None


def test_the_difference_of_two_scores_leans_to_where_their_intervals_do() -> None:
    one, other = {"score": 90.0, "low": 76.0, "high": 92.0}, {"score": 79.0, "low": 75.0, "high": 82.0}
    low, high = interval.difference(one, other)
    assert low == pytest.approx(11 - (14**2 + 3**2) ** 0.5)
    assert high == pytest.approx(11 + (2**2 + 4**2) ** 0.5)
    assert interval.difference(other, one) == (-high, -low)


def test_holm_rejects_step_by_step() -> None:
    assert interval.holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert interval.holm([]) == []


def test_a_few_faultless_replies_are_no_certainty() -> None:
    (values,) = interval.replicates(np.array([[1.0, 1.0]]), np.array([12.0]), [np.array([1.0])], 1)
    bounds = interval.quantiles(values, 100.0)
    assert bounds is not None
    assert bounds[0] < 97
    assert bounds[1] == 100
