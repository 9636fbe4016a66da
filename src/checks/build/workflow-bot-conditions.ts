import {
  childrenOf,
  type Expression,
  type Place,
  type PlacedExpression,
  type Workflow,
} from "../../engines/pipelines/model.ts";
import { BOT_IDS } from "../knowledge/bot-ids.ts";
import { reachOf } from "../knowledge/event-contexts.ts";
import { ACTOR_IDS, ACTORS, authorOf } from "./pipelines/actors.ts";
import { nameOf } from "./pipelines/origins.ts";
import { conditionsOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Conditions that trust a run because a bot acted last ("Automating Dependabot with GitHub Actions"). */
export const workflowBotConditions = workflowCheck({
  name: "workflow-bot-conditions",
  title: "Spoofable bot conditions",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about how a pipeline decides whom it trusts",
  documentation: {
    what: "Checks `if` of jobs and steps for a bot's name or number that is compared with `github.actor`, `github.triggering_actor` or the event's sender. Not reported: `!=`, comparisons with the account that opened the pull request. Severity: high where a trigger of the workflow runs with the repository's token and secrets, else medium.",
    why: "The actor is who caused the last event. An attacker has the bot act on a branch of the attacker's own, such as by `@dependabot recreate`, and the condition holds for a run over the attacker's code.",
    fix: "Compare the author: `github.event.pull_request.user.login == 'dependabot[bot]'`, and use `pull_request` instead of `pull_request_target`.",
    references: [
      "https://docs.github.com/en/code-security/dependabot/working-with-dependabot/automating-dependabot-with-github-actions",
      "https://www.synacktiv.com/publications/github-actions-exploitation-dependabot",
    ],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    const trigger = privilegedTrigger(file);
    for (const { condition, about } of conditionsOf(file)) {
      for (const expression of condition.expressions) {
        if (expression.tree === undefined) continue;
        for (const { actor, bot, decides } of botComparisons(expression.tree, true)) {
          yield {
            subject: `${about}: ${actor}`,
            title: `${about} trusts ${actor} == '${bot}', which names who acted last and not the author`,
            severity: trigger === undefined ? "medium" : "high",
            confidence: decides ? "high" : "medium",
            place: placeOf(expression),
            related: trigger === undefined ? [] : [trigger],
            fix: `compare the author: ${authorOf(file, actor)} == '${bot}'`,
            evidence: { condition: expression.source },
          };
        }
      }
    }
  },
});

const placeOf = ({ place }: PlacedExpression): Place => place;

function privilegedTrigger({ on }: Workflow): Place | undefined {
  return on.find(({ event }) => reachOf(event) === "outside" || event === "workflow_call")?.place;
}

interface BotComparison {
  readonly actor: string;
  readonly bot: string;
  /** Whether it holding is enough for the whole to hold. */
  readonly decides: boolean;
}

function* botComparisons(expression: Expression, decides: boolean): Generator<BotComparison> {
  if (expression.kind === "binary" && expression.operator === "==") {
    const found = comparison(expression.left, expression.right) ?? comparison(expression.right, expression.left);
    if (found !== undefined) {
      yield { ...found, decides };
      return;
    }
  }
  if (expression.kind === "call") {
    const found = actorCall(expression);
    if (found !== undefined) yield { ...found, decides };
  }
  // Beside `&&` something else has to hold as well; what is negated or handed to a function does not decide.
  const handsOn = expression.kind === "binary" && expression.operator === "||";
  for (const part of childrenOf(expression)) yield* botComparisons(part, decides && handsOn);
}

function comparison(context: Expression, literal: Expression): Omit<BotComparison, "decides"> | undefined {
  if (context.kind !== "context" || literal.kind !== "literal") return undefined;
  const actor = nameOf(context);
  const bot = String(literal.value);
  if (actor === undefined) return undefined;
  if (ACTORS.has(actor) && bot.toLowerCase().endsWith("[bot]")) return { actor, bot };
  return ACTOR_IDS.has(actor) && BOT_IDS.has(bot) ? { actor, bot } : undefined;
}

/** `contains(github.actor, '[bot]')`, `startsWith(github.actor, 'dependabot')`, `endsWith(…)`. */
function actorCall(expression: Expression & { kind: "call" }): Omit<BotComparison, "decides"> | undefined {
  if (!["contains", "startswith", "endswith"].includes(expression.name.toLowerCase())) return undefined;
  const [text, part] = expression.arguments;
  if (text?.kind !== "context" || part?.kind !== "literal") return undefined;
  const actor = nameOf(text);
  const bot = String(part.value);
  if (actor === undefined || !ACTORS.has(actor)) return undefined;
  return /\[bot\]|^(?:dependabot|renovate|github-actions)/i.test(bot) ? { actor, bot } : undefined;
}
