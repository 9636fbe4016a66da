/** Containers of docker by what it keeps below its data root, for where its socket is not served or not to be had. */
import { bounds } from "../../../engines/events/containers/bounds.ts";
import { dockerFileFacts } from "../../../engines/events/containers/inspect.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { isContainerId, objectOf } from "../../../engines/events/containers/values.ts";
import type { HostFiles } from "./host-files.ts";
import { idsWith, listed } from "./list-files.ts";
import type { ContainerSource } from "./source.ts";
import { watchFolders } from "./watch-folder.ts";

/** Where it is by default, and where the daemon's own configuration has it. @throws Problem `events.container-file` */
export async function dockerRoot(files: HostFiles): Promise<string> {
  const configured = objectOf(await files.json("/etc/docker/daemon.json", bounds.documentBytes))["data-root"];
  return typeof configured === "string" && configured.startsWith("/") ? configured : "/var/lib/docker";
}

/** @param root - of the host: `/var/lib/docker` */
export function dockerFiles(files: HostFiles, root: string): ContainerSource {
  const folder = `${root}/containers`;

  async function repositories(driver: unknown): Promise<unknown> {
    if (!isContainerId(driver)) return undefined;
    return await files.json(`${root}/image/${driver}/repositories.json`, bounds.listBytes);
  }

  async function read(id: string): Promise<ContainerFacts | undefined> {
    const config = await files.json(`${folder}/${id}/config.v2.json`, bounds.documentBytes);
    if (config === undefined) return undefined;
    const host = await files.json(`${folder}/${id}/hostconfig.json`, bounds.documentBytes);
    return dockerFileFacts(config, host, await repositories(objectOf(config).Driver));
  }

  const ids = async () => (await files.names(folder, bounds.containers)).filter(isContainerId);

  return {
    place: `docker's files (${folder})`,
    runtimes: ["docker"],
    list: async (signal) => await listed(await ids(), read, signal),
    async find(id) {
      for (const whole of idsWith(id, await ids())) return await read(whole);
      return undefined;
    },
    follow: (changed, signal) => watchFolders(files, [folder], (name) => isContainerId(name) && changed(name), signal),
    close() {},
  };
}
