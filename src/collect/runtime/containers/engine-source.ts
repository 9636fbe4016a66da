/** Containers of docker and podman, by the engine's socket. */
import { parseJson } from "../../../core/parse-json.ts";
import { bounds } from "../../../engines/events/containers/bounds.ts";
import { type EngineApi, openEngineApi } from "../../../engines/events/containers/engine-api.ts";
import { dockerFacts, type ImageNames, imageNamesOf, podmanFacts } from "../../../engines/events/containers/inspect.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { isContainerId, listOf, objectOf } from "../../../engines/events/containers/values.ts";
import type { ContainerSource } from "./source.ts";

/** Paths of an engine's API, and how its answers are read. */
interface Dialect {
  readonly runtime: "docker" | "podman";
  /** Before each path: docker's newest needs none, podman's own API has none without. */
  readonly base: string;
  readonly events: readonly string[];
  read(inspected: unknown, api: EngineApi, signal: AbortSignal): Promise<ContainerFacts | undefined>;
}

/** @param socket - on this machine @param place - how it is named to the user */
export function dockerSource(socket: string, place: string, stallMilliseconds: number): ContainerSource {
  const images = new Map<string, ImageNames>();
  return engineSource(socket, place, stallMilliseconds, {
    runtime: "docker",
    base: "",
    events: ["create", "start", "rename"],
    async read(inspected, api, signal) {
      const id = objectOf(inspected).Image;
      if (typeof id !== "string") return dockerFacts(inspected);
      let names = images.get(id);
      if (names === undefined) {
        names = imageNamesOf(await api.get(`/images/${encodeURIComponent(id)}/json`, signal));
        if (images.size >= MOST_IMAGES) images.clear();
        images.set(id, names);
      }
      return dockerFacts(inspected, names);
    },
  });
}

export function podmanSource(socket: string, place: string, stallMilliseconds: number, uid?: number): ContainerSource {
  const source = engineSource(socket, place, stallMilliseconds, {
    runtime: "podman",
    base: "/v4.0.0/libpod",
    events: ["create", "init", "start", "rename"],
    read: async (inspected) => podmanFacts(inspected),
  });
  return uid === undefined ? source : { ...source, uid };
}

/** What an image is called is asked once, while it is used. */
const MOST_IMAGES = 1_000;

function engineSource(socket: string, place: string, stallMilliseconds: number, dialect: Dialect): ContainerSource {
  const api = openEngineApi(socket, place, stallMilliseconds);
  const { base } = dialect;

  async function find(id: string, signal: AbortSignal): Promise<ContainerFacts | undefined> {
    if (!isContainerId(id)) return undefined;
    const inspected = await api.get(`${base}/containers/${id}/json`, signal);
    // By a name that looks like an id another container could be found.
    if (inspected === undefined || !String(objectOf(inspected).Id).startsWith(id)) return undefined;
    return await dialect.read(inspected, api, signal);
  }

  return {
    place,
    runtimes: [dialect.runtime],
    find,
    async list(signal) {
      const listed = listOf(await api.get(`${base}/containers/json?all=true`, signal), bounds.containers);
      const found: ContainerFacts[] = [];
      for (const each of listed) {
        const { Id: id } = objectOf(each);
        const facts = isContainerId(id) ? await find(id, signal) : undefined;
        if (facts !== undefined) found.push(facts);
      }
      return found;
    },
    async follow(changed, signal) {
      const filters = JSON.stringify({ type: ["container"], event: dialect.events });
      for await (const line of api.lines(`${base}/events?stream=true&filters=${encodeURIComponent(filters)}`, signal)) {
        const id = idOf(line);
        if (id !== undefined) changed(id);
      }
    },
    close: api.close,
  };
}

/** `{"Type":"container","Action":"start","Actor":{"ID":"…"}}`; undefined for what is no such event. */
function idOf(line: string): string | undefined {
  try {
    const { Actor, id } = objectOf(parseJson(line));
    const named = objectOf(Actor).ID ?? id;
    return isContainerId(named) ? named : undefined;
  } catch {
    return undefined;
  }
}
