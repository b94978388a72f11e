// Exists so that the precompiled LibTorch header has a target to belong to.
