import { isMap, type YamlValue, yamlDocuments } from "../../../../formats/yaml/texts.ts";
import type { FileFacts } from "../../model.ts";
import { brokenAt, lockfile } from "../lockfile.ts";
import { type CondaPackages, condaPackages } from "./names.ts";

/**
 * environment.yml of conda (conda docs, "Creating an environment file manually"): match specifications, and under `pip`
 * requirements. What they need in turn is settled by a solver alone, unless builds say that the file was exported. A
 * file of that name without dependencies is another program's.
 */
export const condaEnvironment = lockfile({
  id: "conda-environment",
  version: 1,
  basenames: ["environment.yml", "environment.yaml"],
  read,
});

function read(text: string): FileFacts {
  const [document] = yamlDocuments(text, brokenAt);
  const dependencies = document?.get("dependencies");
  if (!Array.isArray(dependencies)) return { kind: "packages", packages: [], unread: [] };
  const packages = condaPackages();
  let exported = true;
  for (const [index, entry] of (dependencies as readonly YamlValue[]).entries()) {
    const place = `dependency ${index + 1}`;
    if (typeof entry === "string") exported = addSpecification(packages, place, entry) && exported;
    else if (isMap(entry)) addPip(packages, place, entry.get("pip"));
    else packages.unread.add(`${place} is not a string`);
  }
  if (!exported) packages.unread.add("transitive packages are only known to a solver");
  return { kind: "packages", packages: packages.records(), unread: packages.unread.sentences() };
}

/** `channel::name=version=build`; `name==version` and `name version` as well. */
const SPECIFICATION =
  /^(?:[^\s:]{1,512}::)?([^\s=<>!~[]{1,1024})(?: ?={1,2} ?| )([^\s=<>!~,|*[]{1,1024})(?:[= ]([^\s=]{1,1024}))?$/;

/** Whether it names a build, and so a single package. */
function addSpecification(packages: CondaPackages, place: string, written: string): boolean {
  const match = SPECIFICATION.exec(written.trim());
  if (match === null) {
    packages.unread.add(`${place} (${written.slice(0, 80)}) settles no version`);
    return false;
  }
  packages.add("conda", place, { name: match[1], version: match[2], direct: true });
  return match[3] !== undefined;
}

const REQUIREMENT =
  /^([\w.-]{1,1024})\s{0,9}(?:\[[^\]]{0,1024}\])?\s{0,9}===?\s{0,9}([^\s;,*]{1,1024})\s{0,9}(?:;.{0,4096})?$/;

function addPip(packages: CondaPackages, place: string, requirements: YamlValue | undefined): void {
  for (const requirement of Array.isArray(requirements) ? (requirements as readonly YamlValue[]) : []) {
    const match = typeof requirement === "string" ? REQUIREMENT.exec(requirement.trim()) : null;
    if (match !== null) packages.add("pypi", place, { name: match[1], version: match[2], direct: true });
    else packages.unread.add(`a requirement of pip (${String(requirement).slice(0, 80)}) settles no version`);
  }
}
