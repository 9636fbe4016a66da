/** What `uses` names ("Workflow syntax for GitHub Actions", `jobs.<job_id>.steps[*].uses`). */
import { splitImageName } from "../../../core/image-name.ts";
import type { Text } from "../field.ts";
import type { Uses } from "./model.ts";

const DOCKER = "docker://";

export function usesOf(text: Text): Uses {
  const value = text.value.trim();
  if (text.expressions.length > 0 || value === "") return { kind: "other", text };
  if (/^[.$][/\\]/.test(value)) {
    return { kind: "local", text, path: withoutSlashes(value.slice(2).replaceAll("\\", "/")) };
  }
  if (value.toLowerCase().startsWith(DOCKER)) return { ...dockerImage(value.slice(DOCKER.length)), text };
  const at = value.indexOf("@");
  const ref = at < 0 ? undefined : value.slice(at + 1);
  const [owner = "", repository = "", ...below] = (at < 0 ? value : value.slice(0, at)).split(/[\\/]/);
  if (owner === "" || repository === "" || owner === ".." || /\s/.test(value)) return { kind: "other", text };
  const subpath = withoutSlashes(below.join("/"));
  return {
    kind: "repository",
    text,
    owner,
    repository,
    ...(subpath === "" ? {} : { subpath }),
    ...(ref === undefined || ref === "" ? {} : { ref, refKind: COMMIT.test(ref) ? "commit" : "symbolic" }),
  };
}

const COMMIT = /^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/;

function dockerImage(reference: string): { kind: "docker"; image: string; tag?: string; digest?: string } {
  const { registry, repository, tag, digest } = splitImageName(reference);
  return {
    kind: "docker",
    image: registry === undefined ? repository : `${registry}/${repository}`,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function withoutSlashes(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
