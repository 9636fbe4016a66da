/** Takes a response back: what its record says that it takes, and nothing that was asked from elsewhere. */
import { randomBytes } from "node:crypto";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import { createClient } from "../../../engines/kubernetes/cluster/client.ts";
import type { ClusterConnection } from "../../../engines/kubernetes/cluster/connection.ts";
import { undoContainer } from "./actions/container.ts";
import { undoDetach, undoLabel } from "./actions/pod.ts";
import { undoQuarantine } from "./actions/quarantine.ts";
import type { Journal, ReadRecords } from "./journal.ts";
import type { ResponseRecord, Undo } from "./model.ts";

export interface UndoParts {
  /** Asked where the record is about a pod. @throws Problem */
  cluster(): ClusterConnection;
  readonly journal: Journal;
}

/**
 * @param id - of the record, or the beginning of it that no other has
 * @returns what was done, as it was recorded
 * @throws Problem with why it was not
 */
export async function undoResponse({ records }: ReadRecords, id: string, parts: UndoParts): Promise<ResponseRecord> {
  const record = recordOf(records, id);
  const { undo } = record;
  if (undo === undefined) throw refused(record.id, `${record.action} of ${record.target} cannot be undone`);
  if (records.some((one) => one.outcome === "undone" && one.reason === record.id)) {
    throw refused(record.id, "it was undone already");
  }
  await takeBack(undo, parts);
  const undone: ResponseRecord = {
    ...record,
    id: `r-${randomBytes(8).toString("hex")}`,
    time: readClock().toISOString(),
    outcome: "undone",
    reason: record.id,
  };
  const { undo: _, undoCommand: __, ...told } = undone;
  await parts.journal.append(told);
  return told;
}

async function takeBack(undo: Undo, { cluster }: UndoParts): Promise<void> {
  if (undo.kind === "container") return await undoContainer(undo);
  if (undo.kind === "protect") {
    throw refused(
      undo.container,
      "the protection lasts as long as the sensor runs",
      "restart `bulkhead runtime watch`",
    );
  }
  const api = createClient(cluster());
  try {
    if (undo.kind === "label") await undoLabel(api, undo);
    else if (undo.kind === "detach") await undoDetach(api, undo);
    else await undoQuarantine(api, undo);
  } finally {
    api.close();
  }
}

function recordOf(records: readonly ResponseRecord[], id: string): ResponseRecord {
  if (!/^r-[0-9a-f]{4,16}$/.test(id))
    throw refused(id, "no id of a response", "name at least its first six characters");
  const found = records.filter((one) => one.id.startsWith(id) && one.outcome !== "undone");
  const [only, another] = found;
  if (only === undefined) throw refused(id, "no such response", "list them: `bulkhead runtime respond list`");
  if (another !== undefined) throw refused(id, `${found.length} responses begin so`, "name more of it");
  return only;
}

function refused(place: string, cause: string, remedy?: string): Problem {
  const more = remedy === undefined ? {} : { remedy };
  return new Problem({ kind: "usage", code: "response.undo", place, cause, ...more });
}
