// SPDX-License-Identifier: Apache-2.0
// Exists so that the precompiled LibTorch header has a target to belong to.
