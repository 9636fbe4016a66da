/** From what was read of an image, or of another inventory, to the facts that checks over images are handed. */

import { isNamed } from "../../checks/knowledge/configured-user.ts";
import type { ImageFacts } from "../../checks/subjects/image.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { SubjectEvidence } from "../../core/runner.ts";
import { licensedPackages } from "../../engines/contents/licenses/declared.ts";
import { lifecycleOf } from "../../engines/contents/lifecycle/lifecycle.ts";
import type { Account, BaseImage, Inventory } from "../../engines/contents/model.ts";
import { placedCommands } from "../../engines/dockerfile/commands.ts";
import { dockerfileOfHistory } from "../../engines/dockerfile/history.ts";
import type { HistoryStep, ImageConfig } from "../../engines/oci/model.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import type { ScopeEvidence } from "../../engines/vulnerability/model.ts";

/** What is known of the contents of an image, a root file system or a bill of materials. */
export interface ReadContents {
  readonly inventory: Evidence<Inventory>;
  /** What the advisories say of it. */
  readonly scopes: readonly ScopeEvidence[];
  /** Of what upper layers removed, by the type of package. */
  readonly removedVulnerabilities: Readonly<Record<string, number>>;
  readonly layers: readonly LayerReference[];
  /** Not there of what is no image. */
  readonly base?: Evidence<BaseImage>;
  /** Not there of what has none. */
  readonly config?: ImageConfig;
  /** Not there where nobody looked. */
  readonly secrets?: Evidence<SecretsFound>;
}

type Facts = SubjectEvidence<ImageFacts>;

export function imageFacts(read: ReadContents, now: Date): Facts {
  const { inventory, layers, base, secrets } = read;
  const at = now.toISOString();
  return {
    layers: present(layers, at),
    baseLayers: present(base?.state === "present" ? base.facts.layers : undefined, at),
    inventory,
    ...(base === undefined ? {} : { base }),
    ...(secrets === undefined ? {} : { secrets }),
    ...configFacts(read, at),
    ...(inventory.state === "absent" ? {} : contentFacts(inventory, read, now)),
  };
}

type PresentInventory = Extract<Evidence<Inventory>, { state: "present" }>;

/** Each is there where somebody looked: nobody does in a folder for permissions. */
function contentFacts(inventory: PresentInventory, { removedVulnerabilities }: ReadContents, now: Date): Facts {
  const at = now.toISOString();
  const { packages, permissions, accounts, tools = [], removed = [], host } = inventory.facts;
  const lifecycle = lifecycleOf(inventory.facts, now);
  // What was not read may be a program that has a lifecycle.
  const unread = inventory.gaps.filter(({ concerns }) => concerns === undefined || concerns === "generic");
  return {
    tools: present(tools, at),
    removed: present(removed, at),
    removedVulnerabilities: present(removedVulnerabilities, at),
    // What a layer removed is passed on with the image all the same.
    licenses: { ...inventory, facts: licensedPackages([...packages, ...removed]) },
    ...(lifecycle === undefined || lifecycle.state === "absent"
      ? {}
      : { lifecycle: { ...lifecycle, gaps: [...lifecycle.gaps, ...unread] } }),
    ...(permissions === undefined
      ? {}
      : { paths: present(permissions.paths, at, { gaps: [...treeGaps(inventory.gaps), ...permissions.gaps] }) }),
    ...(host === undefined
      ? {}
      : { hostFiles: present(host.files, at, { gaps: [...treeGaps(inventory.gaps), ...host.gaps] }) }),
    ...(accounts === undefined ? {} : { accounts: present(accounts, at, { gaps: accountGaps(accounts.unread) }) }),
  };
}

/** Of images for Linux: users, ports and paths of others are something else. */
function configFacts({ config, inventory, base }: ReadContents, at: string): Facts {
  if (config === undefined || base === undefined) return {};
  if (config.platform.os !== "" && config.platform.os !== "linux") return {};
  return {
    config: present(config, at),
    // Whatever could be read in two ways was not opened.
    ambiguity: present(undefined, at),
    passwd: passwdOf(config.user, inventory, at),
    application: present(applicationOf(base, config.diffIds.length), at),
    ...historyFacts(config, base, at),
  };
}

/** A user that is a number, or root, needs no look at the accounts; one that is found needs no more of them. */
function passwdOf(user: string, inventory: Evidence<Inventory>, at: string): Evidence<readonly Account[] | undefined> {
  if (!isNamed(user)) return present(undefined, at);
  if (inventory.state === "absent") return absent(inventory.gaps[0], ...inventory.gaps.slice(1));
  const { accounts } = inventory.facts;
  const known = accounts?.passwd?.accounts;
  if (known?.some(({ name }) => name === user.split(":")[0])) return present(known, at);
  const [gap, ...more] = [...treeGaps(inventory.gaps), ...accountGaps(accounts?.unread ?? [])];
  return gap === undefined ? present(known, at) : absent(gap, ...more);
}

function applicationOf(base: Evidence<BaseImage>, layers: number): "some" | "none" | "unknown" {
  if (base.state === "absent") return "unknown";
  return base.facts.layers < layers ? "some" : "none";
}

/** Nothing where no step of it can be read. */
function historyFacts({ history }: ImageConfig, base: Evidence<BaseImage>, at: string): Facts {
  const first = firstStep(history, base.state === "present" ? base.facts.layers : 0);
  const read = dockerfileOfHistory(history, first);
  if (read === undefined) return {};
  const { dockerfile, steps, omitted } = read;
  const unread: Gap[] = dockerfile.problems
    .filter(({ kind }) => kind === "unread")
    .map(({ code, reason, range }) => {
      const step = steps.findLast(({ line }) => line <= range.line)?.step;
      return { code, reason: `history[${step ?? first}]: ${reason}` };
    });
  if (omitted > 0)
    unread.push({ code: "history.size", reason: `${omitted} steps of its history are too long to read` });
  return {
    history: present({ dockerfile, steps, total: history.length - first }, at),
    commands: present(placedCommands(dockerfile), at, { gaps: unread }),
  };
}

/** The step behind the one that made the base's last layer. */
function firstStep(history: readonly HistoryStep[], baseLayers: number): number {
  let layers = 0;
  for (const [step, { emptyLayer }] of history.entries()) {
    if (layers === baseLayers) return step;
    if (!emptyLayer) layers += 1;
  }
  return layers === baseLayers ? history.length : 0;
}

/** What of the tree itself was not read; other gaps are about packages. */
function treeGaps(gaps: readonly Gap[]): Gap[] {
  return gaps.filter(({ code, concerns }) => concerns === undefined && code === "oci.path");
}

function accountGaps(unread: readonly string[]): Gap[] {
  return unread.map((reason) => ({ code: "contents.accounts", reason }));
}
