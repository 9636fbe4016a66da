import type { SecretRule } from "../rule.ts";
import { assigned, token } from "./forms.ts";

const identifiable = "https://learn.microsoft.com/en-us/purview/sit-common-authentication-secrets";
const marked = (length: number, mark: string, tail: string): string =>
  `(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{${length}}${mark}${tail}`;

/** 512-bit keys end in the mark, five characters of checksum, and what base64 leaves; 256-bit keys alike. */
const longTail = "[A-Za-z0-9/+]{5}[AQgw]==";
const shortTail = "[A-P][A-Za-z0-9/+]{5}=";

/**
 * Azure's keys. Those it made since 2021 carry a mark of their service at a fixed place; no algorithm for their checksum
 * is documented, so mark, place and the last character's spare bits are the structure that is checked.
 */
export const azureRules: readonly SecretRule[] = [
  token({
    id: "azure-storage-account-key",
    title: "Azure Storage account key",
    keywords: ["+ASt"],
    body: marked(76, "\\+ASt", longTail),
    severity: "critical",
    reference: identifiable,
  }),
  assigned({
    id: "azure-storage-connection-string",
    title: "Azure Storage account key in a connection string",
    keywords: ["AccountKey"],
    names: "AccountKey",
    exact: true,
    value: "[A-Za-z0-9/+]{86}==",
    minEntropy: 4,
    confidence: "high",
    severity: "critical",
    reference: "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
  }),
  token({
    id: "azure-cosmos-db-key",
    title: "Azure Cosmos DB key",
    keywords: ["ACDb"],
    body: marked(76, "ACDb", longTail),
    severity: "critical",
    reference: identifiable,
  }),
  token({
    id: "azure-batch-key",
    title: "Azure Batch key",
    keywords: ["+ABa"],
    body: marked(76, "\\+ABa", longTail),
    reference: identifiable,
  }),
  token({
    id: "azure-api-management-key",
    title: "Azure API Management key",
    keywords: ["APIM"],
    body: marked(76, "APIM", longTail),
    reference: identifiable,
  }),
  token({
    id: "azure-container-registry-password",
    title: "Azure Container Registry password",
    keywords: ["+ACR"],
    body: marked(42, "\\+ACR", "[A-D][A-Za-z0-9/+]{5}"),
    severity: "critical",
    reference: identifiable,
  }),
  token({
    id: "azure-service-bus-key",
    title: "Azure Service Bus key",
    keywords: ["+ASb"],
    body: marked(33, "\\+ASb", shortTail),
    reference: identifiable,
  }),
  token({
    id: "azure-event-hub-key",
    title: "Azure Event Hubs key",
    keywords: ["+AEh"],
    body: marked(33, "\\+AEh", shortTail),
    reference: identifiable,
  }),
  token({
    id: "azure-relay-key",
    title: "Azure Relay key",
    keywords: ["+ARm"],
    body: marked(33, "\\+ARm", shortTail),
    reference: identifiable,
  }),
  token({
    id: "azure-iot-key",
    title: "Azure IoT Hub key",
    keywords: ["AIoT"],
    body: marked(33, "AIoT", shortTail),
    reference: identifiable,
  }),
  token({
    id: "azure-event-grid-key",
    title: "Azure Event Grid key",
    keywords: ["AZEG"],
    body: marked(33, "AZEG", shortTail),
    reference: identifiable,
  }),
  token({
    id: "azure-redis-key",
    title: "Azure Cache for Redis key",
    keywords: ["AzCa"],
    body: marked(33, "AzCa", "[A-P][A-Za-z0-9]{5}="),
    reference: identifiable,
  }),
  token({
    id: "azure-functions-key",
    title: "Azure Functions key",
    keywords: ["AzFu"],
    body: "(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==",
    reference: identifiable,
  }),
  token({
    id: "azure-search-key",
    title: "Azure AI Search key",
    keywords: ["AzSe"],
    body: "[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}",
    reference: identifiable,
  }),
  token({
    id: "azure-annotated-key",
    title: "Azure common annotated key (AI services and others)",
    keywords: ["JQQJ9"],
    body: "[A-Za-z0-9]{52}JQQJ9(?:9|D|H)[A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}(?:[A-Za-z0-9]{2}==)?",
    reference: identifiable,
  }),
  token({
    id: "azure-devops-personal-access-token",
    title: "Azure DevOps personal access token",
    keywords: ["AZDO"],
    body: "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
    severity: "critical",
    reference:
      "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
  }),
  assigned({
    id: "azure-devops-legacy-token",
    title: "Azure DevOps personal access token (before 2024)",
    keywords: ["azure", "devops", "azdo", "ado_", "vsts", "vss_"],
    names: "azure|devops|azdo|ado|vsts|vss",
    value: "[a-z2-7]{52}",
    minEntropy: 3.5,
    reference:
      "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
  }),
  token({
    id: "azure-client-secret",
    title: "Microsoft Entra client secret",
    keywords: ["0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"],
    body: "(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,34}(?![A-Za-z0-9_.~-])",
    severity: "critical",
    reference: identifiable,
  }),
  {
    id: "azure-shared-access-signature",
    title: "Azure shared access signature",
    keywords: ["&sig=", "?sig=", ";sig="],
    pattern:
      /[?&;]s[evrpi][a-z]{0,2}=[^\s"'<>]{1,400}?&(?:amp;)?sig=(?<secret>[A-Za-z0-9/+]{43}=|[A-Za-z0-9%]{43,64}%3[dD])(?![A-Za-z0-9%])/,
    before: 480,
    after: 128,
    minEntropy: 3.5,
    confidence: "medium",
    severity: "high",
    reference: "https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview",
  },
  {
    id: "azure-shared-access-key",
    title: "Azure shared access key in a connection string",
    keywords: ["SharedAccessKey="],
    pattern: /SharedAccessKey=(?<secret>[A-Za-z0-9/+]{43}=|[A-Za-z0-9/+]{86}==)(?![A-Za-z0-9=])/i,
    minEntropy: 3.8,
    confidence: "high",
    severity: "high",
    reference: "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas",
  },
  {
    id: "azure-publish-profile-password",
    title: "Azure App Service publishing password",
    keywords: ["userPWD="],
    pattern: /\buserPWD="(?<secret>[A-Za-z0-9]{60})"/,
    minEntropy: 4,
    confidence: "high",
    severity: "high",
    reference: "https://learn.microsoft.com/en-us/azure/app-service/deploy-configure-credentials",
  },
];
