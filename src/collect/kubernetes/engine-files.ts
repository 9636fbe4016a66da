/** Files of docker and podman on this machine, and docker's command line: what their API does not tell. */

import { posix } from "node:path";
import { append } from "../../core/append.ts";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { insecureInRegistries, trustInPolicy } from "../../engines/kubernetes/engine/container-files.ts";
import { flagsOf, readDaemonSettings } from "../../engines/kubernetes/engine/daemon-settings.ts";
import type { EngineInfo, InsecureRegistry } from "../../engines/kubernetes/model.ts";
import type { EngineAddress } from "../../engines/oci/daemon.ts";
import type { HostFiles } from "../runtime/containers/host-files.ts";
import { bounds } from "./bounds.ts";
import type { EngineOptions, EngineReading } from "./engine-reading.ts";

interface Asked extends Pick<EngineOptions, "environment"> {
  readonly info: EngineInfo;
  readonly address: EngineAddress;
  readonly files: HostFiles;
}

type OfFiles = Pick<EngineReading, "listeners" | "registries" | "configuration">;

const nothing: readonly never[] = [];

/** dockerd(8): daemon.json, and the command line of the process that `docker.pid` names. */
export async function dockerFiles({ info, address, environment, files }: Asked): Promise<OfFiles> {
  const own = environment.DOCKER_CONTENT_TRUST === "1" ? { enforced: true, from: "DOCKER_CONTENT_TRUST" } : undefined;
  const place = daemonOf(info, address, environment);
  if (place === undefined) {
    const reason = `${addressText(address)} may be of any daemon: which daemon.json is its own is unknown`;
    return unknown(
      { code: "engine.configuration", reason, remedy: "run it on the machine, by the default socket" },
      own,
    );
  }
  try {
    const pid = (await textOf(files, place.pid, bounds.engineFileBytes))?.trim() ?? "";
    const line = /^[0-9]{1,10}$/.test(pid) ? await textOf(files, `/proc/${pid}/cmdline`, bounds.engineFileBytes) : "";
    const words = (line ?? "").split("\0").slice(1);
    const file = flagsOf(words).get("config-file")?.at(-1) ?? place.file;
    const { listeners, configuration } = readDaemonSettings(await textOf(files, file, bounds.engineFileBytes), words);
    const reason = `${place.pid} leads to no process: what dockerd's command line says is unknown`;
    const gaps: Gap[] = line ? [] : [{ code: "engine.configuration", reason, remedy: "run it as root" }];
    const trust = configuration.contentTrust ?? own;
    const facts = { ...configuration, ...(trust === undefined ? {} : { contentTrust: trust }) };
    return {
      listeners: { facts: listeners, gaps },
      registries: { facts: nothing, gaps: [] },
      configuration: { facts, gaps },
    };
  } catch (error) {
    return unknown(gapFor(error, place.file), own);
  }
}

/** Where a daemon of this machine has its files; undefined where the socket may be anybody's. */
function daemonOf(
  { rootless }: EngineInfo,
  { socketPath }: EngineAddress,
  { HOME: home = "", XDG_RUNTIME_DIR: runtime = "", XDG_CONFIG_HOME: config }: EngineOptions["environment"],
): { readonly file: string; readonly pid: string } | undefined {
  if (!rootless && (socketPath === "/var/run/docker.sock" || socketPath === "/run/docker.sock")) {
    return { file: "/etc/docker/daemon.json", pid: "/var/run/docker.pid" };
  }
  if (!rootless || runtime === "" || home === "" || socketPath !== posix.join(runtime, "docker.sock")) return undefined;
  return {
    file: posix.join(config ?? posix.join(home, ".config"), "docker/daemon.json"),
    pid: posix.join(runtime, "docker.pid"),
  };
}

/** The first of these that is there counts (containers-registries.conf(5)); what is in its folder is read over it. */
export async function podmanFiles({ info, address, environment, files }: Asked): Promise<OfFiles> {
  if (address.socketPath === undefined) {
    const reason = `${addressText(address)} is of another machine: its registries.conf and policy.json are unknown`;
    return unknown({ code: "engine.configuration", reason, remedy: "run it on the machine, by the socket" });
  }
  const home = info.rootless ? environment.HOME : undefined;
  const folders = [...(home === undefined ? [] : [posix.join(home, ".config/containers")]), "/etc/containers"];
  return {
    // The service ends with its socket: there is no other that it listens on.
    listeners: { facts: nothing, gaps: [] },
    registries: await registriesOf(files, folders, environment.CONTAINERS_REGISTRIES_CONF),
    configuration: await policyOf(files, folders),
  };
}

async function registriesOf(
  files: HostFiles,
  folders: readonly string[],
  named: string | undefined,
): Promise<OfFiles["registries"]> {
  const facts: InsecureRegistry[] = [];
  const gaps: Gap[] = [];
  const read = async (path: string): Promise<boolean> => {
    try {
      const text = await textOf(files, path, bounds.engineFileBytes);
      if (text === undefined) return false;
      append(facts, insecureInRegistries(text, path));
    } catch (error) {
      gaps.push(gapFor(error, path));
    }
    return true;
  };
  for (const path of named === undefined ? folders.map((folder) => `${folder}/registries.conf`) : [named]) {
    if (await read(path)) break;
  }
  for (const folder of folders) {
    const path = `${folder}/registries.conf.d`;
    try {
      for (const name of await files.names(path, bounds.engineFiles)) {
        if (name.endsWith(".conf")) await read(`${path}/${name}`);
      }
    } catch (error) {
      gaps.push(gapFor(error, path));
    }
  }
  return { facts: [...new Map(facts.map((fact) => [fact.name, fact])).values()], gaps };
}

async function policyOf(files: HostFiles, folders: readonly string[]): Promise<OfFiles["configuration"]> {
  for (const path of folders.map((folder) => `${folder}/policy.json`)) {
    try {
      const text = await textOf(files, path, bounds.engineFileBytes);
      if (text !== undefined) return { facts: { contentTrust: trustInPolicy(text, path) }, gaps: [] };
    } catch (error) {
      return { facts: {}, gaps: [gapFor(error, path)] };
    }
  }
  return { facts: {}, gaps: [] };
}

function unknown(gap: Gap, contentTrust?: { readonly enforced: boolean; readonly from: string }): OfFiles {
  const gaps = [gap];
  return {
    listeners: { facts: nothing, gaps },
    registries: { facts: nothing, gaps },
    configuration: { facts: contentTrust === undefined ? {} : { contentTrust }, gaps },
  };
}

/** A name may lead anywhere; undefined where there is none. */
async function textOf(files: HostFiles, path: string, limit: number): Promise<string | undefined> {
  return (await files.bytes(path, limit))?.toString("utf8");
}

function addressText({ socketPath, host, port }: EngineAddress): string {
  return socketPath ?? `tcp://${host}:${port}`;
}

function gapFor(error: unknown, path: string): Gap {
  if (error instanceof Problem) return { ...gapOf(error), code: "engine.configuration" };
  if (!(error instanceof SyntaxError)) throw error;
  return { code: "engine.configuration", reason: `${path}: ${error.message.slice(0, 200)}` };
}
