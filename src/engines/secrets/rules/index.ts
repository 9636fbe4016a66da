import type { SecretRule } from "../rule.ts";
import { agentRules } from "./agents.ts";
import { aiRules } from "./ai.ts";
import { azureRules } from "./azure.ts";
import { chatRules } from "./chat.ts";
import { cloudRules } from "./cloud.ts";
import { commandRules } from "./commands.ts";
import { commerceRules } from "./commerce.ts";
import { databaseRules } from "./databases.ts";
import { developerToolRules } from "./developer-tools.ts";
import { fileRules } from "./files.ts";
import { hookRules } from "./hooks.ts";
import { hostingRules } from "./hosting.ts";
import { identityRules } from "./identity.ts";
import { installerFileRules } from "./installer-files.ts";
import { keyRules } from "./keys.ts";
import { mailRules } from "./mail.ts";
import { monitoringRules } from "./monitoring.ts";
import { packageRules } from "./packages.ts";
import { paymentRules } from "./payments.ts";
import { pipelineRules } from "./pipelines.ts";
import { platformRules } from "./platforms.ts";
import { serverFileRules } from "./server-files.ts";
import { serviceRules } from "./services.ts";
import { sourceHostingRules } from "./source-hosting.ts";
import { toolFileRules } from "./tool-files.ts";
import { webRules } from "./web.ts";

/**
 * All rules, in the order in which they are to be preferred where two report the same text: a provider's own form first,
 * then what only its context tells, then forms that many share (URLs, headers, tokens).
 */
export const secretRules: readonly SecretRule[] = [
  ...chatRules,
  ...cloudRules,
  ...azureRules,
  ...sourceHostingRules,
  ...hostingRules,
  ...pipelineRules,
  ...packageRules,
  ...aiRules,
  ...paymentRules,
  ...monitoringRules,
  ...mailRules,
  ...agentRules,
  ...platformRules,
  ...commerceRules,
  ...developerToolRules,
  ...hookRules,
  ...serviceRules,
  ...databaseRules,
  ...fileRules,
  ...toolFileRules,
  ...serverFileRules,
  ...installerFileRules,
  ...keyRules,
  ...webRules,
  ...commandRules,
  ...identityRules,
];
