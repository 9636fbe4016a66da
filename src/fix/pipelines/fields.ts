/** The fields that a check's change may be about; every other one has to read as before. */

const SCRIPT = /(?:^|\.)steps\.\d+\.(?:run\.value|with\.[^.]+\.value\.value|env\.)/;
const CONDITION = /(?:^|\.)if\.value$/;

const FIELDS: ReadonlyMap<string, RegExp> = new Map([
  ["build/dependabot-cooldown", /^updates\.\d+\.cooldown\./],
  ["build/workflow-bot-conditions", CONDITION],
  ["build/workflow-cache-poisoning", /(?:^|\.)steps\.\d+\.with\./],
  ["build/workflow-checkout-credentials", /(?:^|\.)steps\.\d+\.with\.persist-credentials\./],
  ["build/workflow-excessive-permissions", /^permissions\./],
  ["build/workflow-expression-in-script", SCRIPT],
  ["build/workflow-insecure-commands", /(?:^|\.)env\.ACTIONS_ALLOW_UNSECURE_COMMANDS\./i],
  ["build/workflow-obfuscation", /(?:^|\.)uses\./],
  ["build/workflow-secrets-inherited", /^jobs\.[^.]+\.secrets\./],
  ["build/workflow-template-injection", SCRIPT],
  ["build/workflow-unpinned-action", /(?:^|\.)uses\.(?:text\.value|ref|refKind)$/],
  ["build/workflow-unpinned-image", /(?:^|\.)(?:image\.value|uses\.(?:text\.value|digest))$/],
  ["build/workflow-unsound-condition", CONDITION],
  ["build/workflow-unsound-contains", CONDITION],
]);

const NONE = /^(?!)/;

/** Of a check without changes nothing may change. */
export function fieldsOf(check: string): RegExp {
  return FIELDS.get(check) ?? NONE;
}
