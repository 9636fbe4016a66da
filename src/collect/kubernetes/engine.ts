/** A container engine of a machine: what its API answers, and its files where it is of this machine. */
import { type Gap, gapOf } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import { type EngineApi, openEngineApi } from "../../engines/events/containers/engine-api.ts";
import { isContainerId } from "../../engines/events/containers/values.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { listenerOf } from "../../engines/kubernetes/engine/daemon-settings.ts";
import { insecureInInfo, interContainerIn, readEngineInfo } from "../../engines/kubernetes/engine/info.ts";
import type { EngineContainers } from "../../engines/kubernetes/engine/read.ts";
import type { EngineInfo, EngineName } from "../../engines/kubernetes/model.ts";
import { type EngineAddress, engineAddress } from "../../engines/oci/daemon.ts";
import { hostFiles } from "../runtime/containers/host-files.ts";
import { bounds } from "./bounds.ts";
import { dockerFiles, podmanFiles } from "./engine-files.ts";
import type { EngineOptions, EngineReading } from "./engine-reading.ts";

/** @throws Problem `daemon.host`, `daemon.answer`, `events.container-runtime`, `events.container-answer` */
export async function readEngine(engine: EngineName, options: EngineOptions): Promise<EngineReading> {
  const { environment, files = hostFiles("/") } = options;
  const address = engineAddress(engine, environment);
  const place = placeOf(address);
  const { socketPath, host = "", port = 0 } = address;
  const api = openEngineApi(socketPath ?? { host, port }, place, bounds.engineStallMilliseconds);
  try {
    const answer = await api.get("/info");
    const info = readEngineInfo(engine, answer);
    if (info === undefined) {
      const cause = "the daemon does not describe itself as an engine does (GET /info)";
      throw new Problem({ kind: "unavailable", code: "daemon.answer", place, cause });
    }
    const ofFiles = await (engine === "docker" ? dockerFiles : podmanFiles)({ info, address, environment, files });
    const spoken = listenerOf(place, false, engine === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST");
    return {
      place,
      info,
      containers: await containersOf(api, info),
      listeners: {
        facts: [...(spoken.isTcp ? [spoken] : []), ...ofFiles.listeners.facts],
        gaps: ofFiles.listeners.gaps,
      },
      registries: engine === "docker" ? insecureOf(answer, place) : ofFiles.registries,
      configuration: await withNetwork(api, info, ofFiles.configuration),
    };
  } finally {
    api.close();
  }
}

function placeOf({ socketPath, host, port }: EngineAddress): string {
  return socketPath === undefined ? `tcp://${host}:${port}` : `unix://${socketPath}`;
}

function insecureOf(answer: unknown, place: string): EngineReading["registries"] {
  const found = insecureInInfo(answer);
  const reason = `${place}: the engine does not say which registries it takes for secure`;
  return found === undefined
    ? { facts: [], gaps: [{ code: "engine.registries", reason }] }
    : { facts: found, gaps: [] };
}

/** What the engine itself says of its bridge counts before what files say. */
async function withNetwork(
  api: EngineApi,
  { engine }: EngineInfo,
  known: EngineReading["configuration"],
): Promise<EngineReading["configuration"]> {
  if (engine !== "docker") return known;
  const interContainer = interContainerIn(await api.get("/networks/bridge").catch(() => undefined));
  return interContainer === undefined ? known : { ...known, facts: { ...known.facts, interContainer } };
}

async function containersOf(api: EngineApi, info: EngineInfo): Promise<EngineContainers> {
  const unread: Gap[] = [];
  const listed = await api.get("/containers/json?all=0");
  if (!Array.isArray(listed)) unread.push({ code: "engine.container", reason: "the engine lists no containers" });
  const ids: unknown[] = Array.isArray(listed) ? listed.slice(0, kubernetesBounds.engineContainers) : [];
  const more = Array.isArray(listed) ? listed.length - ids.length : 0;
  if (more > 0) unread.push({ code: "engine.container", reason: `${more} more containers were not read` });
  const inspected: unknown[] = [];
  let unnamed = 0;
  for (const each of ids) {
    const id = isObject(each) ? each.Id : undefined;
    if (!isContainerId(id)) {
      unnamed++;
      continue;
    }
    try {
      // One that is gone in between does not run.
      const found = await api.get(`/containers/${id}/json`);
      if (found !== undefined) inspected.push(found);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { code, reason } = gapOf(error);
      unread.push({ code, reason: `container ${id.slice(0, 12)}: ${reason}` });
      if (unread.length >= kubernetesBounds.kubernetesObjectGaps) {
        const left = ids.length - inspected.length - unread.length;
        unread.push({ code: "engine.container", reason: `${left} more containers were not asked about` });
        break;
      }
    }
  }
  if (unnamed > 0) unread.push({ code: "engine.container", reason: `${unnamed} containers are listed without an id` });
  const volumes = await api.get("/volumes").catch(() => undefined);
  const named = isObject(volumes) ? (volumes.Volumes ?? []) : undefined;
  if (!Array.isArray(named)) unread.push({ code: "engine.volumes", reason: "the engine does not list its volumes" });
  return {
    info,
    inspected,
    volumes: Array.isArray(named) ? named.slice(0, kubernetesBounds.engineVolumes) : [],
    unread,
  };
}
