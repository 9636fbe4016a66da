/** Where alerts go while they happen, as the policy has it. */
import { type Form, setting, type TextForm } from "../../core/setting.ts";
import { severities } from "../../core/severity.ts";

/** One place, as it is written. */
export interface AlertOutput {
  /** `file:PATH`, `https://…`, `syslog+tcp://HOST:PORT`. */
  readonly to: string;
  readonly form?: (typeof alertForms)[number];
  /** From which on alerts go there. */
  readonly severity?: (typeof severities)[number];
  /** Of a webhook: the file of what bodies are signed with, and of authorities beside the system's. */
  readonly secretFile?: string;
  readonly caFile?: string;
  /** Of a file: MiB after which it is put aside. */
  readonly fileSize?: number;
}

export const alertForms = ["text", "alerts", "syslog", "slack"] as const;

const FILE = "file:";

const place: TextForm = {
  says: "a place: file:PATH, https://HOST/PATH, syslog+udp://HOST:PORT, syslog+tcp://HOST:PORT, syslog+unix:PATH",
  is: (text) => /^(?:file:.|https?:\/\/[^/@]+(?:\/|$)|syslog\+(?:udp|tcp):\/\/.|syslog\+unix:.)/.test(text),
};

const form: Form = {
  kind: "list",
  of: {
    kind: "mapping",
    fields: {
      to: { form: { kind: "text", each: place }, description: "Where alerts go.", required: true },
      form: {
        form: { kind: "choice", of: alertForms },
        description: "How. Default: alerts; to syslog servers syslog.",
      },
      severity: { form: { kind: "choice", of: severities }, description: "From which on. Default: all." },
      secretFile: { form: { kind: "text" }, description: "File of the secret that webhooks are signed with." },
      caFile: { form: { kind: "text" }, description: "CA certificates of a webhook, beside the system's (PEM)." },
      fileSize: {
        form: { kind: "number", from: 1, to: 1_000_000 },
        description: "MiB after which a file is put aside. Default: 256.",
      },
    },
  },
};

export const outputSettings = {
  "runtime.outputs": setting<readonly AlertOutput[]>({
    form,
    description:
      "Where `runtime watch` sends alerts beside its standard output; paths relative to this file. Of an untrusted policy nowhere. Default: none. Stricter: nothing.",
    initial: [],
    // Whoever adds one learns what happens on the host, and whoever takes one away keeps it from being known.
    tighten: (current, wanted) => ({
      value: current,
      loosens: JSON.stringify(current) !== JSON.stringify(wanted),
    }),
    read(written: readonly AlertOutput[], beside) {
      // They are of the host that is watched, and mostly stand elsewhere.
      const at = (path: string) => (path.startsWith("/") ? path : beside(path));
      return written.map((one) => ({
        ...one,
        to: one.to.startsWith(FILE) ? `${FILE}${at(one.to.slice(FILE.length))}` : one.to,
        ...(one.secretFile === undefined ? {} : { secretFile: at(one.secretFile) }),
        ...(one.caFile === undefined ? {} : { caFile: at(one.caFile) }),
      }));
    },
    show: (outputs) => (outputs.length === 0 ? "none" : outputs.map(({ to }) => to).join(", ")),
  }),
};
