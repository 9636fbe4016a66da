import { readClock } from "../core/clock.ts";
import { keepsWhatItIsGiven } from "./contract.fixture.ts";
import { memoryStore } from "./memory.fixture.ts";
import { queuesJobs } from "./queue.fixture.ts";

keepsWhatItIsGiven(async () => memoryStore());

let time = readClock().getTime();
queuesJobs(
  async () => memoryStore(() => new Date(time)),
  async (milliseconds) => {
    time += milliseconds;
  },
);
