/** Where alerts go while they happen. */
import type { RatedSeverity } from "../../../core/severity.ts";
import type { AlertView } from "../../../report/runtime/view.ts";

export type AlertForm = "text" | "alerts" | "syslog" | "slack";

/** One place, as flags and policies name it. Plain values: it is handed to another process. */
export type OutputSettings = {
  readonly form: AlertForm;
  /** From which on alerts go there; absent: all. */
  readonly severity?: RatedSeverity;
} & OutputPlace;

export type OutputPlace =
  | { readonly kind: "stdout" }
  | {
      readonly kind: "file";
      readonly path: string /** Bytes; then it is put aside as FILE.1. */;
      readonly fileBytes?: number;
    }
  | {
      readonly kind: "webhook";
      readonly url: string;
      /** What bodies are signed with; absent: they are not. */
      readonly secret?: string;
      /** Certificates of authorities beside the system's (PEM). */
      readonly authorities?: string;
    }
  | { readonly kind: "syslog"; readonly transport: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "syslog"; readonly transport: "unix"; readonly path: string };

export interface OutputCounts {
  readonly sent: number;
  readonly waiting: number;
  /** Of alerts that never got there: nobody took them in time, or the place refused them. */
  readonly dropped: number;
}

/** One that is open. */
export interface Output {
  /** How it is named to the user; no secret is in it. */
  readonly name: string;
  /** Never waits and never throws: what does not get there is counted. */
  write(alert: AlertView): void;
  counts(): OutputCounts;
  /** Opens files anew, as after another program has moved them away. */
  reopen(): void;
  /** @param milliseconds - that what waits may take; then it is dropped */
  close(milliseconds: number): Promise<void>;
}

/** How lines come to be form by form. */
export interface Page {
  readonly columns: number;
  readonly color: boolean;
}
