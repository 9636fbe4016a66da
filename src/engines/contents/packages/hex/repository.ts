import type { PackageOrigin } from "../../model.ts";
import { originOf } from "../origin.ts";

/**
 * The repository that a lockfile names (`Hex.Repo`): `hexpm` is the public one, `hexpm:NAME` that of an organization in it;
 * any other has an address in the configuration of whoever installs, so that its name stands for it.
 */
export function hexRepository(name: string | undefined): PackageOrigin | undefined {
  if (name === undefined) return undefined;
  if (name === "hexpm") return originOf("registry", PUBLIC);
  return originOf("registry", name.startsWith("hexpm:") ? `${PUBLIC}/repos/${name.slice("hexpm:".length)}` : name);
}

const PUBLIC = "https://repo.hex.pm";
