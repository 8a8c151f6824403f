#!/usr/bin/env python3
"""How long until all members know of one whose packets are all dropped, as those of a host that has vanished.

Starts N agents, each on an address of its own in 127.0.0.0/8 and as a user of its own. Then drops, by nftables, whatever
one of them sends (by its user) and whatever is sent to it (by its address), and takes the time until all others have
logged its failure. SIGKILL cannot show this: the system closes the sockets of a killed process, and says so to everybody.

To be run as root in a network namespace of its own:

    unshare -n sh -c 'ip link set lo up; exec bench/membership/drops.py -n 5 ARGUMENTS'

Without arguments for the command it measures serf. Prints one JSON object; times are seconds.
"""
import argparse
import json
import os
import random
import re
import selectors
import signal
import statistics
import subprocess
import time

FIRST_USER = 20000

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("-n", type=int, default=5, help="members")
parser.add_argument("--trials", type=int, default=5)
parser.add_argument("--seed", type=int, default=1, help="of chance")
parser.add_argument("--cmd", default="serf agent -node={name} -bind={ip}:7946 -rpc-addr={ip}:7373 -profile=lan {seedargs}")
parser.add_argument("--seedargs", default="-join={seed}:7946")
parser.add_argument("--re-join", default=r"EventMemberJoin: (\S+)")
parser.add_argument("--re-fail", default=r"EventMemberFailed: (\S+)")
options = parser.parse_args()
chance = random.Random(options.seed)
joined, failed = (re.compile(text.encode()) for text in (options.re_join, options.re_fail))
lines = selectors.DefaultSelector()
agents = {}  # by name


class Agent:
    started = 0

    def __init__(self):
        Agent.started += 1
        self.name = f"n{Agent.started:04d}"
        self.ip = f"127.0.{Agent.started // 200}.{Agent.started % 200 + 1}"
        self.user = FIRST_USER + Agent.started
        self.members = set()
        self.lost = {}  # name -> when
        self.rest = b""
        # Some try their seed only once, so it has to be one that is ready.
        ready = [agent.ip for agent in agents.values() if agent.members]
        seed = chance.choice(ready) if ready else ""
        seedargs = options.seedargs.format(seed=seed) if seed else ""
        command = options.cmd.format(name=self.name, ip=self.ip, seed=seed, seedargs=seedargs).split()
        as_user = ["setpriv", f"--reuid={self.user}", "--clear-groups"]
        self.process = subprocess.Popen(as_user + command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        lines.register(self.process.stdout, selectors.EVENT_READ, self)
        agents[self.name] = self

    def read(self):
        data = os.read(self.process.stdout.fileno(), 65536)
        now = time.monotonic()
        if not data:
            lines.unregister(self.process.stdout)
            return
        *whole, self.rest = (self.rest + data).split(b"\n")
        for line in whole:
            if found := joined.search(line):
                self.members.add(found.group(1).decode())
            elif found := failed.search(line):
                self.members.discard(found.group(1).decode())
                self.lost[found.group(1).decode()] = now

    def end(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout in [key.fileobj for key in lines.get_map().values()]:
            lines.unregister(self.process.stdout)


def wait_for(condition, limit):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() >= end:
            return False
        for key, _ in lines.select(0.5):
            key.data.read()
    return True


def whole():
    return all(set(agents) <= agent.members | {agent.name} for agent in agents.values())


def nft(rules):
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)


def drop(victim):
    # On arrival, as in a network: what is dropped on its way out is an error to who sends it.
    nft(f"""table inet drops {{
      chain sent {{
        type filter hook output priority 0;
        meta skuid {victim.user} meta mark set 1
      }}
      chain received {{
        type filter hook input priority 0;
        meta mark 1 drop
        ip daddr {victim.ip} drop
      }}
    }}""")


def trial():
    victim = agents[chance.choice(sorted(agents))]
    # Not in step with the agents' own periods.
    wait_for(lambda: False, chance.uniform(0.5, 1.5))
    del agents[victim.name]
    begin = time.monotonic()
    drop(victim)
    complete = wait_for(lambda: all(victim.name in agent.lost for agent in agents.values()), 90)
    if not complete:
        raise SystemExit(f"not all members noticed that {victim.name} is gone")
    times = [agent.lost[victim.name] - begin for agent in agents.values() if victim.name in agent.lost]
    wrong = sum(len(set(agent.lost) & set(agents)) for agent in agents.values())
    victim.end()
    nft("delete table inet drops")
    Agent()
    if not wait_for(whole, 60):
        raise SystemExit("the newcomer is not seen by all")
    return dict(first=min(times), all=max(times), wrong=wrong)


try:
    Agent()
    wait_for(lambda: False, 1)
    for _ in range(options.n - 1):
        Agent()
    if not wait_for(whole, 60):
        raise SystemExit("the cluster does not come together")
    wait_for(lambda: False, 5)
    seen = [trial() for _ in range(options.trials)]
    print(json.dumps(dict(
        n=options.n,
        trials=len(seen),
        first=round(statistics.median(one["first"] for one in seen), 2),
        all=round(statistics.median(one["all"] for one in seen), 2),
        worst=round(max(one["all"] for one in seen), 2),
        others_declared_failed=sum(one["wrong"] for one in seen),
    )))
finally:
    for agent in agents.values():
        agent.process.kill()
