/** Waits in a test for what nothing tells of. */
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two looks: to look all the time takes the processor from what is waited for. */
const BETWEEN = 5;

/** The test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(BETWEEN);
}
