#pragma once

/// What the `main` of a node needs: its command line, exit codes, the allocator's settings, `run`.

#include <chorus/actors/program/command_line.hpp>
#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/program/process_memory.hpp>
#include <chorus/actors/program/run.hpp>
