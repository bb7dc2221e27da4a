"""Weights of several epochs of a run, blended: between two stages, what one learnt is kept while the next is learnt.

References
----------
Wortsman, Ilharco, Kim et al. 2022, "Robust fine-tuning of zero-shot models", doi 10.1109/CVPR52688.2022.00780.
"""

from __future__ import annotations

from collections.abc import Mapping

from training.data.samples import Samples
from training.errors import TrainingError
from training.fitting.checkpoint import Arrays
from training.fitting.run_folder import Choice, RunFolder
from training.fitting.validation import choose_threshold, predict


def blend(run: RunFolder, shares: Mapping[int, float], validation: Samples) -> Choice:
    """Make the blend of kept epochs the finished weights of ``run``, and return what was chosen with them.

    Parameters
    ----------
    shares
        Of each epoch (from 0) in the blend; they are scaled to sum up to 1. One epoch alone is taken as it is.
    validation
        To choose the threshold on.

    Raises
    ------
    TrainingError
        The weights of an epoch were not kept, or no picture of ``validation`` shows the structure.
    """
    if not validation.masks.any():
        raise TrainingError("no validation picture shows the structure; choose the threshold on another data set")
    total = sum(shares.values())
    kept = [(share / total, run.kept_weights(epoch)) for epoch, share in shares.items()]
    weights: Arrays = [
        sum(share * array for (share, _), array in zip(kept, arrays, strict=True))
        for arrays in zip(*(weights for _, weights in kept), strict=True)
    ]
    probabilities = predict(run.network(weights), validation.images)
    threshold, score = choose_threshold(probabilities, validation.masks, run.config().choose_by)
    choice = Choice(epoch=max(shares), threshold=threshold, validation_dice=score, shares=dict(shares))
    run.keep_best(weights)
    run.keep_choice(choice)
    return choice
