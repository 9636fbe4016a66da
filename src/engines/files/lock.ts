import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a folder for this process alone. The lock is SQLite's: the kernel gives it back however the process ends, which no
 * file with a process id in it does.
 *
 * @param waitMilliseconds - how long another process is waited for; nothing else of this one runs meanwhile
 * @returns undefined where another process has it
 */
export function lockFolder(folder: string, waitMilliseconds = 0): Disposable | undefined {
  const database = new DatabaseSync(join(folder, "lock"), { timeout: waitMilliseconds });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    return undefined;
  }
  return { [Symbol.dispose]: () => database.close() };
}
