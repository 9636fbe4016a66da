import { alnum, base64, exactly, lower, named, type Samples, texts } from "./samples.fixture.ts";

/** A marked key in base64; one whose last character has spare bits set, and one with a mark too early, are none. */
const marked = (length: number, mark: string, tail: string, wrongTail: string): Samples => ({
  found: [`key: ${base64(length)}${mark}${tail}\n`, `"${base64(length)}${mark}${tail}"`],
  missed: [
    `key: ${base64(length)}${mark}${wrongTail}\n`,
    `key: ${base64(length - 1)}${mark}${tail}\n`,
    `key: ${base64(length + 4)}${tail}`,
  ],
});
const long = (mark: string): Samples => marked(76, mark, `${alnum(5)}g==`, `${alnum(5)}h==`);
const short = (mark: string): Samples => marked(33, mark, `C${alnum(5)}=`, `z${alnum(5)}=`);
const sas = "https://data.blob.core.windows.net/c/f?sv=2022-11-02&st=2024-01-01T00%3A00Z&se=2025-01-01&sr=b&sp=r&sig=";

export const azureSamples: Readonly<Record<string, Samples>> = {
  "azure-storage-account-key": long("+ASt"),
  "azure-storage-connection-string": named("AccountKey", `${base64(86)}==`, base64(60)),
  "azure-cosmos-db-key": long("ACDb"),
  "azure-batch-key": long("+ABa"),
  "azure-api-management-key": long("APIM"),
  "azure-container-registry-password": marked(42, "+ACR", `B${alnum(5)}`, `Z${alnum(5)}`),
  "azure-service-bus-key": short("+ASb"),
  "azure-event-hub-key": short("+AEh"),
  "azure-relay-key": short("+ARm"),
  "azure-iot-key": short("AIoT"),
  "azure-event-grid-key": short("AZEG"),
  "azure-redis-key": short("AzCa"),
  "azure-functions-key": texts(
    [`key: ${alnum(44)}AzFu${alnum(5)}A==`],
    [`key: ${alnum(44)}AzFu${alnum(5)}B==`, `key: ${alnum(43)}AzFu${alnum(5)}A==`],
  ),
  "azure-search-key": exactly(`${alnum(42)}AzSeB${alnum(5)}`),
  "azure-annotated-key": texts(
    [
      `key=${alnum(52)}JQQJ99${alnum(1)}C${alnum(16)}B${alnum(7)}\n`,
      `"${alnum(52)}JQQJ9D${alnum(1)}C${alnum(16)}B${alnum(9)}=="`,
    ],
    [
      `key=${alnum(52)}JQQJ97${alnum(1)}C${alnum(16)}B${alnum(7)}\n`,
      `key=${alnum(51)}JQQJ99${alnum(1)}C${alnum(16)}B${alnum(7)}\n`,
    ],
  ),
  "azure-devops-personal-access-token": exactly(`${alnum(76)}AZDO${alnum(4)}`),
  "azure-devops-legacy-token": named("AZURE_DEVOPS_EXT_PAT_TOKEN", lower(52).replace(/[0189]/g, "k")),
  "azure-client-secret": texts(
    [`secret: ${alnum(3)}8Q~${alnum(34)}\n`, `"${alnum(3)}7Q~${alnum(31)}"`],
    [
      `secret: ${alnum(3)}8Q~${alnum(20)}\n`,
      `secret: ${alnum(3)}aQ~${alnum(34)}\n`,
      `secret: ${alnum(9)}8Q~${alnum(34)}\n`,
    ],
  ),
  "azure-shared-access-signature": texts(
    [`${sas}${base64(43).replace(/[+/]/g, "x")}%3D`, `${sas}${base64(43)}=`],
    [`${sas}${alnum(20)}`, `${sas}REDACTED`],
  ),
  "azure-shared-access-key": texts(
    [`Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=${base64(43)}=`],
    [`SharedAccessKeyName=root;SharedAccessKey=${base64(20)}`, "SharedAccessKey=<key>"],
  ),
  "azure-publish-profile-password": texts(
    [`userName="$site" userPWD="${alnum(60)}" x`],
    [`userPWD="${alnum(30)}"`, 'userPWD=""'],
  ),
};
