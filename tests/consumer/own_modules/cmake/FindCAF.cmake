# Like many of its kind: variables and no target, or not the one that others expect.
set(CAF_LIBRARIES "something else")
set(CAF_FOUND TRUE)
