/** What `runtime learn` found, for people. */
import { counted, someOf } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";

export interface LearnedView {
  readonly from: string;
  readonly to: string;
  readonly workloads: readonly LearnedWorkloadView[];
}

export interface LearnedWorkloadView {
  readonly name: string;
  readonly image: readonly string[];
  readonly seconds: number;
  readonly replicas: number;
  readonly starts: number;
  readonly stops: number;
  readonly lost: number;
  /** Why it is incomplete; empty where it is complete. */
  readonly missing: readonly string[];
  readonly syscalls?: number;
  readonly capabilities?: readonly string[];
  readonly refused?: readonly string[];
  readonly users: readonly string[];
  readonly executables: readonly { readonly path: string; readonly drift: boolean }[];
  readonly opened: number;
  readonly volumes: readonly { readonly path: string; readonly files: number; readonly hides: number }[];
  readonly impossible: readonly string[];
  readonly listening: readonly { readonly name: string; readonly local: boolean; readonly count: number }[];
  readonly asked: readonly string[];
}

/** Of a list as many as fit on a few lines. */
const SHOWN = 12;

export function renderLearned({ from, to, workloads }: LearnedView): string {
  const lines = [`${counted(workloads.length, "workload")}, ${from} to ${to}`, ""];
  for (const workload of workloads) lines.push(...linesOf(workload), "");
  return `${lines.map(printable).join("\n").trimEnd()}\n`;
}

function linesOf(workload: LearnedWorkloadView): string[] {
  const { missing, capabilities, refused = [] } = workload;
  const row = (label: string, text: string) => `  ${label.padEnd(14)}${text}`;
  const lines = [
    `${workload.name}${workload.image.length === 0 ? "" : `  (${listed(workload.image)})`}`,
    row(
      missing.length === 0 ? "complete" : "incomplete",
      `${hours(workload.seconds)}, ${counted(workload.replicas, "replica")}, ${counted(workload.starts, "start")}, ${counted(workload.stops, "stop")}, ${workload.lost} lost`,
    ),
    ...missing.map((reason) => row("", reason)),
    row("system calls", workload.syscalls === undefined ? "not learned" : String(workload.syscalls)),
  ];
  if (capabilities !== undefined) {
    const inVain = refused.length === 0 ? "" : `; refused: ${listed(refused)}`;
    lines.push(row("capabilities", `${listed(capabilities)}${inVain}`));
  }
  lines.push(row("users", listed(workload.users)));
  lines.push(
    row(
      "executables",
      listed(workload.executables.map(({ path, drift }) => (drift ? `${path} (not in the image)` : path))),
    ),
  );
  lines.push(row("files opened", String(workload.opened)));
  lines.push(
    row(
      "volumes",
      listed(
        workload.volumes.map(({ path, hides }) => (hides === 0 ? path : `${path} (hides ${counted(hides, "file")})`)),
      ),
    ),
  );
  if (workload.impossible.length > 0) lines.push(row("", `no volume can hold ${listed(workload.impossible)}`));
  lines.push(
    row(
      "listens on",
      listed(
        workload.listening.map(
          ({ name, local, count }) => `${name} (${local ? "loopback, " : ""}${counted(count, "connection")})`,
        ),
      ),
    ),
  );
  lines.push(row("connects to", listed(workload.asked)));
  return lines;
}

function listed(all: readonly string[]): string {
  return all.length === 0 ? "none" : someOf(all, SHOWN);
}

function hours(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}
