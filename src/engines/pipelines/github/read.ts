/** Files of GitHub Actions and Dependabot, from text to facts. */
import { Problem } from "../../../core/problem.ts";
import { type PlacedMap, placedDocuments, readPlaced } from "../../../formats/yaml/placed.ts";
import { bounds } from "../bounds.ts";
import { sourceOf } from "../source.ts";
import { actionOf } from "./action.ts";
import { dependabotOf } from "./dependabot.ts";
import { githubKind } from "./files.ts";
import type { Action, Dependabot, Workflow } from "./model.ts";
import { workflowOf } from "./workflow.ts";

/**
 * Reads a workflow, an action's metadata or Dependabot's options, whichever the path says, or its keys where that says nothing.
 * What is not understood stands in `unread`.
 *
 * @param path - relative to the tree's root, with forward slashes
 * @throws Problem `pipelines.broken`, kind input, with the line: what is no YAML, or breaks a bound
 */
export function readGithubFile(path: string, text: string): Workflow | Action | Dependabot {
  if (text.length > bounds.pipelineBytes) throw broken(path, `more than ${bounds.pipelineBytes} characters`);
  const source = sourceOf(path, text);
  const [first, second] = placedDocuments(text);
  if (first === undefined) throw broken(path, "not a mapping");
  const { node, fault } = readPlaced(text, first, LIMITS);
  if (fault !== undefined) throw broken(`${path}:${source.place(fault.offset, fault.offset).line}`, fault.reason);
  if (node === undefined || node === null || node.kind !== "map") throw broken(path, "not a mapping");
  if (second !== undefined) source.skip({ start: second.start, end: second.start }, "GitHub refuses a second document");
  switch (githubKind(path) ?? kindByKeys(node)) {
    case "dependabot":
      return dependabotOf(source, node);
    case "action":
      return actionOf(source, node);
    default:
      return workflowOf(source, node);
  }
}

const LIMITS = { depth: bounds.depth, values: bounds.nodes, slowLength: bounds.slowLength };

/** Of a file that stands somewhere else: no workflow has either key. */
function kindByKeys({ entries }: PlacedMap): ReturnType<typeof githubKind> {
  const has = (name: string) => entries.some(({ key }) => key.text === name);
  if (has("jobs")) return "workflow";
  return has("runs") ? "action" : has("updates") ? "dependabot" : "workflow";
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "pipelines.broken", place, cause });
}
