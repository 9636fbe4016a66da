/** What guards wrote down of one image: their logs, or the registry guard's database. */
import { bounds } from "../../collect/records/bounds.ts";
import { type LogRecords, readLogs, recordCollector } from "../../collect/records/logs.ts";
import { gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import { type AdmissionDecision, readAdmissionDecision } from "../../engines/admission/decision-log.ts";
import { type RegistryDecision, readRegistryDecision } from "../../engines/oci/distribution/decision-log.ts";
import type { Store } from "../../store/model.ts";
import { openStore } from "../../store/open.ts";
import { type StoreOptions, storePlace } from "../registry/settings.ts";

export interface RecordOptions extends StoreOptions {
  /** Logs of `registry serve`. */
  readonly registryLog: readonly string[];
  /** Logs of `admission serve`. */
  readonly decisions: readonly string[];
  /** Alerts and recordings of detectors. */
  readonly alerts: readonly string[];
}

type Wanted<Entry> = (isWanted: (entry: Entry) => boolean) => Promise<LogRecords<Entry>>;

export interface RecordReaders {
  readonly pushes?: Wanted<RegistryDecision>;
  readonly admissions?: Wanted<AdmissionDecision>;
}

/** @throws Problem (usage) where options go together badly */
export function recordReaders(options: RecordOptions): RecordReaders {
  const { registryLog, decisions, alerts, data, databaseUrlFile } = options;
  const fromStream = [...registryLog, ...decisions, ...alerts].filter((name) => name === "-");
  if (fromStream.length > 1) throw usageProblem("-", "standard input is read once");
  const isStored = data !== undefined || databaseUrlFile !== undefined;
  if (isStored && registryLog.length > 0) {
    const remedy = "the database has what the log has: use one of both";
    throw usageProblem("--registry-log", "a log and a database", remedy);
  }
  const place = isStored ? storePlace(options) : undefined;
  return {
    ...(place === undefined
      ? registryLog.length === 0
        ? {}
        : { pushes: (isWanted) => readLogs(registryLog, { read: readRegistryDecision, isWanted }) }
      : {
          pushes: async (isWanted) => {
            const name = "the guard's database";
            const collector = recordCollector(name, { read: readRegistryDecision, isWanted });
            let store: Store | undefined;
            try {
              store = await openStore(place);
              await readStored(store, collector);
            } catch (error) {
              if (!isEvidenceProblem(error)) throw error;
              collector.gap(gapOf(error));
            } finally {
              await store?.close();
            }
            return collector.finish();
          },
        }),
    ...(decisions.length === 0
      ? {}
      : { admissions: (isWanted) => readLogs(decisions, { read: readAdmissionDecision, isWanted }) }),
  };
}

/** The newest first, to the bound. */
async function readStored(
  { audit }: Store,
  collector: ReturnType<typeof recordCollector<RegistryDecision>>,
): Promise<void> {
  let before: string | undefined;
  for (let read = 0; read < bounds.storedEntries; read += bounds.page) {
    const entries = await audit.list({ ...(before === undefined ? {} : { before }), limit: bounds.page });
    for (const { id, entry } of entries) collector.take(entry, `entry ${id}`);
    if (entries.length < bounds.page) return;
    before = entries.at(-1)?.id;
  }
  const reason = `only the newest ${bounds.storedEntries} entries of the guard's database were read`;
  collector.gap({ code: "trace.log-bound", reason });
}
