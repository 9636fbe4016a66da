/** Signals and messages of commands that serve until they are told to end. */
import { printable } from "../core/printable.ts";
import { errorText } from "../scan/serving/tell.ts";

interface Signals {
  stop(): Promise<void>;
  reload(): Promise<void>;
  /** What is said of the end. */
  readonly ends?: string;
}

/** @returns what gives the signals back */
export function listenToSignals({
  stop,
  reload,
  ends = "ends after the requests that are under way",
}: Signals): () => void {
  const end = () => {
    tell(ends);
    stop().catch(bug);
  };
  const again = () => {
    reload().catch(bug);
  };
  // As the first process of a container this one ended at once until now.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeAllListeners(signal).on(signal, end);
  process.on("SIGHUP", again);
  return () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, end);
    process.off("SIGHUP", again);
  };
}

function bug(error: unknown): void {
  tell(`internal error, please report it: ${errorText(error)}`);
}

/** One line on standard error. */
export function tell(text: string): void {
  process.stderr.write(`bulkhead: ${printable(text)}\n`);
}
