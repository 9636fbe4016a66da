/**
 * Containers in a containers/storage folder, which podman and CRI-O share: who made one says its specification's annotation
 * `io.container.manager`.
 */
import { isEvidenceProblem } from "../../../core/problem.ts";
import { openSqlite } from "../../../engines/contents/packages/rpm/sqlite.ts";
import { bounds } from "../../../engines/events/containers/bounds.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { podmanFileFacts, storedDigests } from "../../../engines/events/containers/podman-files.ts";
import { crioFacts, parsed, sandboxIdOf } from "../../../engines/events/containers/spec.ts";
import { isContainerId, listOf, objectOf } from "../../../engines/events/containers/values.ts";
import type { HostFiles } from "./host-files.ts";
import { idsWith, listed } from "./list-files.ts";
import type { ContainerSource } from "./source.ts";
import { watchFolders } from "./watch-folder.ts";

const DRIVERS = ["overlay", "vfs", "btrfs", "zfs"] as const;

/**
 * @param graph - of the host: `/var/lib/containers/storage`
 * @param uid - whose it is, where that is not root
 */
export function storageFiles(files: HostFiles, graph: string, uid?: number): ContainerSource {
  const folders = () =>
    DRIVERS.map((driver) => ({ driver, path: `${graph}/${driver}-containers` })).filter(
      ({ path }) => files.find(path) !== undefined,
    );

  const specIn = (folder: string, id: string) =>
    files.json(`${folder}/${id}/userdata/config.json`, bounds.documentBytes);

  async function readIn(folder: string, id: string, shared: Shared): Promise<ContainerFacts | undefined> {
    const spec = await specIn(folder, id);
    const annotations = objectOf(objectOf(spec).annotations);
    if (annotations["io.kubernetes.cri-o.ContainerType"] !== undefined) {
      // What makes a container a pod's is the kubelet's, and root's.
      if (uid !== undefined) return undefined;
      const sandboxId = sandboxIdOf(spec);
      const sandbox = sandboxId === undefined || sandboxId === id ? undefined : await specIn(folder, sandboxId);
      return crioFacts(id, spec, sandbox);
    }
    const { stored, configs, states, digests } = shared;
    return podmanFileFacts(id, {
      spec,
      stored: stored.get(id),
      config: parsed(configs.get(id)),
      state: parsed(states.get(id)),
      digests,
    });
  }

  const idsIn = async (folder: string) => (await files.names(folder, bounds.containers)).filter(isContainerId);

  return {
    place: `files of podman and CRI-O (${graph})`,
    runtimes: ["podman", "cri-o"],
    ...(uid === undefined ? {} : { uid }),
    async list(signal) {
      const found: ContainerFacts[] = [];
      for (const { driver, path } of folders()) {
        const shared = await sharedBy(files, graph, driver);
        found.push(...(await listed(await idsIn(path), (id) => readIn(path, id, shared), signal)));
      }
      return found;
    },
    async find(id) {
      for (const { driver, path } of folders()) {
        for (const whole of idsWith(id, await idsIn(path))) {
          return await readIn(path, whole, await sharedBy(files, graph, driver));
        }
      }
      return undefined;
    },
    follow: (changed, signal) =>
      watchFolders(
        files,
        DRIVERS.map((driver) => `${graph}/${driver}-containers`),
        (name) => isContainerId(name) && changed(name),
        signal,
      ),
    close() {},
  };
}

/** What one file says of all containers. */
interface Shared {
  /** Entries of `containers.json`. */
  readonly stored: ReadonlyMap<string, unknown>;
  /** JSON of rows. */
  readonly configs: ReadonlyMap<string, string>;
  readonly states: ReadonlyMap<string, string>;
  readonly digests: ReadonlyMap<string, string>;
}

async function sharedBy(files: HostFiles, graph: string, driver: string): Promise<Shared> {
  const stored = await files.json(`${graph}/${driver}-containers/containers.json`, bounds.listBytes);
  const images = await files.json(`${graph}/${driver}-images/images.json`, bounds.listBytes);
  return {
    stored: new Map(listOf(stored, bounds.containers).map((each) => [String(objectOf(each).id), each])),
    digests: storedDigests(images),
    ...(await rowsOf(files, `${graph}/db.sql`)),
  };
}

/**
 * What podman's database says (libpod, `sqlite_state_internal.go`), by our own reader of the format: the database may be a
 * user's. Without it, or with one that is being written, labels and health checks are missing and nothing else.
 */
async function rowsOf(files: HostFiles, path: string): Promise<Pick<Shared, "configs" | "states">> {
  const configs = new Map<string, string>();
  const states = new Map<string, string>();
  try {
    const bytes = await files.bytes(path, bounds.listBytes);
    if (bytes === undefined) return { configs, states };
    const database = openSqlite(bytes, await files.bytes(`${path}-wal`, bounds.listBytes));
    read(database.rows("ContainerConfig"), configs);
    read(database.rows("ContainerState"), states);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
  }
  return { configs, states };
}

/** The id is the first column, and JSON the last. */
function read(rows: Iterable<readonly unknown[]>, found: Map<string, string>): void {
  for (const row of rows) {
    const [id] = row;
    const json = row.at(-1);
    // Podman hands it over as bytes, whatever the column is declared as.
    const text = Buffer.isBuffer(json) ? json.toString("utf8") : json;
    if (typeof id !== "string" || typeof text !== "string") continue;
    if (found.size >= bounds.containers) return;
    found.set(id, text);
  }
}
