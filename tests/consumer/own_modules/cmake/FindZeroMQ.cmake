# Like many of its kind: variables and no target, or not the one that others expect.
set(ZeroMQ_LIBRARIES "something else")
set(ZeroMQ_FOUND TRUE)
