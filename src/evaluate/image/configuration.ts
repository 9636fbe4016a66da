/** The checks of an image's configuration: its user, ports, volumes, and the history of its build. */
import { dockerSocketVolume } from "../../checks/image/docker-socket-volume.ts";
import { historyLint } from "../../checks/image/history-lint.ts";
import { privilegedPort } from "../../checks/image/privileged-port.ts";
import { runsAsRoot } from "../../checks/image/runs-as-root.ts";
import { userByName } from "../../checks/image/user-by-name.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import type { Account, BaseImage, Inventory } from "../../engines/contents/model.ts";
import { placedCommands } from "../../engines/dockerfile/commands.ts";
import { dockerfileOfHistory } from "../../engines/dockerfile/history.ts";
import type { HistoryStep, ImageConfig } from "../../engines/oci/model.ts";
import { accountGaps, treeGaps } from "./files.ts";

interface ConfigurationContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** What an image says of itself, and what is known of it besides. */
export interface ConfiguredImage {
  readonly config: ImageConfig;
  readonly inventory: Evidence<Inventory>;
  readonly base: Evidence<BaseImage>;
  readonly layers: readonly LayerReference[];
}

/** Of images for Linux: users, ports and paths of others are something else. Each is left out where nothing is set. */
export function evaluateConfiguration(
  asset: Asset,
  image: ConfiguredImage,
  context: ConfigurationContext,
): Evaluation[] {
  const { config, inventory, base } = image;
  if (config.platform.os !== "" && config.platform.os !== "linux") return [];
  const { policy, now } = context;
  const at = now.toISOString();
  const own = { asset, policy, now };
  const settings = present(config, at);
  const passwd = passwdOf(config.user, inventory, at);
  const evaluations = [
    runCheck(
      runsAsRoot,
      { config: settings, passwd, application: present(applicationOf(base, config.diffIds.length), at) },
      { ...own, evidence: { user: config.user === "" ? "none" : config.user } },
    ),
  ];
  if (isName(config.user)) evaluations.push(runCheck(userByName, { config: settings, passwd }, own));
  if (config.exposedPorts.length > 0) {
    const looked = { ports: String(config.exposedPorts.length) };
    evaluations.push(runCheck(privilegedPort, { config: settings }, { ...own, evidence: looked }));
  }
  if (config.volumes.length > 0) {
    const looked = { volumes: String(config.volumes.length) };
    evaluations.push(runCheck(dockerSocketVolume, { config: settings }, { ...own, evidence: looked }));
  }
  return [...evaluations, ...historyOf(asset, image, context)];
}

function isName(user: string): boolean {
  return !/^(?:[+-]?\d*|root)(?::|$)/.test(user);
}

/** A user that is a number, or root, needs no look at the accounts; one that is found needs no more of them. */
function passwdOf(user: string, inventory: Evidence<Inventory>, at: string): Evidence<readonly Account[] | undefined> {
  if (!isName(user)) return present(undefined, at);
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

function historyOf(
  asset: Asset,
  { config, base, layers }: ConfiguredImage,
  { policy, now }: ConfigurationContext,
): Evaluation[] {
  const first = firstStep(config.history, base.state === "present" ? base.facts.layers : 0);
  const read = dockerfileOfHistory(config.history, first);
  if (read === undefined) return [];
  const at = now.toISOString();
  const { dockerfile, steps, omitted } = read;
  const unread: Gap[] = dockerfile.problems
    .filter(({ kind }) => kind === "unread")
    .map(({ code, reason, range }) => {
      const step = steps.findLast(({ line }) => line <= range.line)?.step;
      return { code, reason: `history[${step ?? first}]: ${reason}` };
    });
  if (omitted > 0)
    unread.push({ code: "history.size", reason: `${omitted} steps of its history are too long to read` });
  return [
    runCheck(
      historyLint,
      {
        dockerfile: present(dockerfile, at),
        commands: present(placedCommands(dockerfile), at, { gaps: unread }),
        steps: present(steps, at),
        layers: present(layers, at),
      },
      { asset, policy, now, evidence: { steps: `${steps.length} of ${config.history.length - first} read` } },
    ),
  ];
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
