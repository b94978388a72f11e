#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what tests/data/dataset_test.cpp expects of the split of the digits (scikit-learn 1.9.1)."""
import hashlib

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

images, labels = load_digits(return_X_y=True)
train, test = train_test_split(np.arange(len(labels)), test_size=0.2, random_state=0)
for name, part in (("training", train), ("test", test)):
    everything = images[part].astype(np.uint8).tobytes() + labels[part].astype("<i8").tobytes()
    print(f"SHA-256 of {name} images (uint8) and labels (int64)", hashlib.sha256(everything).hexdigest())
