import { agentSamples } from "./agents.fixture.ts";
import { aiSamples } from "./ai.fixture.ts";
import { azureSamples } from "./azure.fixture.ts";
import { chatSamples } from "./chat.fixture.ts";
import { cloudSamples } from "./cloud.fixture.ts";
import { commandSamples } from "./commands.fixture.ts";
import { commerceSamples } from "./commerce.fixture.ts";
import { databaseSamples } from "./databases.fixture.ts";
import { developerToolSamples } from "./developer-tools.fixture.ts";
import { fileSamples } from "./files.fixture.ts";
import { hookSamples } from "./hooks.fixture.ts";
import { hostingSamples } from "./hosting.fixture.ts";
import { identitySamples } from "./identity.fixture.ts";
import { installerFileSamples } from "./installer-files.fixture.ts";
import { keySamples } from "./keys.fixture.ts";
import { mailSamples } from "./mail.fixture.ts";
import { monitoringSamples } from "./monitoring.fixture.ts";
import { packageSamples } from "./packages.fixture.ts";
import { paymentSamples } from "./payments.fixture.ts";
import { pipelineSamples } from "./pipelines.fixture.ts";
import { platformSamples } from "./platforms.fixture.ts";
import type { Samples } from "./samples.fixture.ts";
import { serverFileSamples } from "./server-files.fixture.ts";
import { serviceSamples } from "./services.fixture.ts";
import { sourceHostingSamples } from "./source-hosting.fixture.ts";
import { toolFileSamples } from "./tool-files.fixture.ts";
import { webSamples } from "./web.fixture.ts";

/** For each rule's id, texts with its secret in them, and texts that only look so. */
export const ruleSamples: Readonly<Record<string, Samples>> = {
  ...cloudSamples,
  ...azureSamples,
  ...sourceHostingSamples,
  ...hostingSamples,
  ...pipelineSamples,
  ...packageSamples,
  ...aiSamples,
  ...paymentSamples,
  ...monitoringSamples,
  ...mailSamples,
  ...agentSamples,
  ...platformSamples,
  ...commerceSamples,
  ...developerToolSamples,
  ...hookSamples,
  ...serviceSamples,
  ...chatSamples,
  ...databaseSamples,
  ...fileSamples,
  ...toolFileSamples,
  ...serverFileSamples,
  ...installerFileSamples,
  ...keySamples,
  ...webSamples,
  ...commandSamples,
  ...identitySamples,
};
