/** Opens the places that alerts go to. */
import { type RatedSeverity, reaches } from "../../../core/severity.ts";
import type { AlertView } from "../../../report/runtime/view.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { formed } from "./form.ts";
import type { Output, OutputSettings, Page } from "./model.ts";
import type { Queue } from "./queue.ts";
import { nameOfPlace } from "./settings.ts";
import { openSyslog } from "./syslog.ts";
import { openWebhook } from "./webhook.ts";

export interface OutputParts {
  readonly page: Page;
  readonly now: () => number;
  /** A file, or `-` for standard output. */
  lines(path: string, fileBytes: number | undefined): LineSink;
  /** Something about a place that an operator should know; undefined: it works again. */
  onState(name: string, why: string | undefined): void;
}

/** @throws Problem (usage) where a file cannot be opened */
export function openOutput(settings: OutputSettings, parts: OutputParts): Output {
  const { form, severity } = settings;
  const { page } = parts;
  const name = nameOfPlace(settings);
  const onState = (why: string | undefined) => parts.onState(name, why);
  const line = (alert: AlertView) => formed(form, alert, page);
  switch (settings.kind) {
    case "stdout":
      return ofLines(name, severity, parts.lines("-", undefined), line);
    case "file":
      return ofLines(name, severity, parts.lines(settings.path, settings.fileBytes), line);
    case "webhook": {
      const { url, secret, authorities } = settings;
      const given = {
        ...(secret === undefined ? {} : { secret }),
        ...(authorities === undefined ? {} : { authorities }),
      };
      const now = parts.now;
      return ofQueue(name, severity, openWebhook({ ...given, url: new URL(url), now, onState }), line);
    }
    default:
      return ofQueue(name, severity, openSyslog(settings, { onState }), line);
  }
}

type Line = (alert: AlertView) => string;

function isWanted(alert: AlertView, from: RatedSeverity | undefined): boolean {
  return (
    alert.state !== "excepted" && alert.state !== "baselined" && (from === undefined || reaches(alert.severity, from))
  );
}

function ofLines(name: string, from: RatedSeverity | undefined, sink: LineSink, line: Line): Output {
  let written = 0;
  return {
    name,
    write(alert) {
      if (!isWanted(alert, from)) return;
      written += 1;
      sink.write(line(alert));
    },
    counts: () => ({ sent: written - sink.dropped(), waiting: 0, dropped: sink.dropped() }),
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

function ofQueue(name: string, from: RatedSeverity | undefined, queue: Queue, line: Line): Output {
  return {
    name,
    write(alert) {
      if (isWanted(alert, from)) queue.put(line(alert));
    },
    counts: queue.counts,
    reopen: () => undefined,
    close: queue.close,
  };
}
