# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the language of short texts, after a start that takes load_seconds (a parameter of the model's configuration).

TEXT (BYTES, any number of texts) gives LANGUAGE (BYTES: de, en, es, fr) and CONFIDENCE (FP32, 0 to 1) for each. A naive
Bayes classifier over the letter pairs and triples of the sentences below, learned while the model loads.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter

import numpy as np
import triton_python_backend_utils as pb_utils

SAMPLES = {
    "de": "der Hund schläft auf dem Sofa und die Katze sitzt vor dem Fenster. wir gehen heute nicht in die Schule, weil "
    "das Wetter so schön ist. kannst du mir bitte sagen, wie spät es ist? ich habe gestern ein gutes Buch gelesen. "
    "wo finde ich den Weg zum Markt, und was kostet das? vielen Dank und auf Wiedersehen.",
    "en": "the dog sleeps on the sofa and the cat is sitting at the window. we are not going to school today because "
    "the weather is so nice. could you please tell me what time it is? yesterday I read a good book with my friends. "
    "where do I find the way to the market, and how much is that? thank you very much and goodbye.",
    "es": "el perro duerme en el sofá y el gato está sentado junto a la ventana. hoy no vamos a la escuela porque hace "
    "muy buen tiempo. ¿puedes decirme qué hora es, por favor? ayer leí un buen libro con mis amigos en la playa. "
    "¿dónde encuentro el camino al mercado y cuánto cuesta eso? muchas gracias y hasta luego.",
    "fr": "le chien dort sur le canapé et le chat est assis devant la fenêtre. nous n'allons pas à l'école aujourd'hui "
    "parce qu'il fait très beau. peux-tu me dire quelle heure il est, s'il te plaît ? hier j'ai lu un bon livre. "
    "où est le chemin du marché, et combien est-ce que cela coûte ? merci beaucoup, madame, et au revoir.",
}


class TritonPythonModel:
    def initialize(self, args: dict[str, str]) -> None:
        parameters = json.loads(args["model_config"])["parameters"]
        started = time.monotonic()
        self._counts = {language: Counter(_grams(text)) for language, text in SAMPLES.items()}
        # What stands in for the weights of a large model: the rest of the time.
        time.sleep(max(0.0, started + float(parameters["load_seconds"]["string_value"]) - time.monotonic()))

    def execute(self, requests: list) -> list:
        return [self._answer(request) for request in requests]

    def _answer(self, request: object) -> object:
        texts = pb_utils.get_input_tensor_by_name(request, "TEXT").as_numpy()
        guesses = [_guess(self._counts, text.decode("utf-8", "replace")) for text in texts]
        languages = np.array([language.encode() for language, _confidence in guesses], dtype=object)
        confidences = np.array([confidence for _language, confidence in guesses], dtype=np.float32)
        tensors = [pb_utils.Tensor("LANGUAGE", languages), pb_utils.Tensor("CONFIDENCE", confidences)]
        return pb_utils.InferenceResponse(output_tensors=tensors)


def _grams(text: str) -> list[str]:
    padded = f" {text.lower()} "
    return [padded[i : i + n] for n in (2, 3) for i in range(len(padded) - n + 1)]


def _guess(counts: dict[str, Counter[str]], text: str) -> tuple[str, float]:
    """The likeliest language of a text and its posterior probability (all languages equally likely beforehand)."""
    size = len(set().union(*counts.values()))
    scores = {
        language: sum(math.log((count[gram] + 1) / (count.total() + size)) for gram in _grams(text))
        for language, count in counts.items()
    }
    best = max(scores, key=scores.__getitem__)
    return best, 1.0 / sum(math.exp(score - scores[best]) for score in scores.values())
