/** Tokens in the forms that providers document, drawn and not issued. */
import { type MadeCase, made } from "./case.ts";
import { type Alphabet, draw, drawUuid } from "./draw.ts";

/** `{alphabet:length}` stands for that many drawn characters, `{uuid}` for a UUID. */
const tokens: readonly (readonly [name: string, form: string])[] = [
  ["slack-browser", "xoxc-{digits:12}-{digits:12}-{digits:13}-{hexadecimal:64}"],
  ["slack-cookie", "xoxd-{base62:60}%2F{base62:60}%3D"],
  [
    "logic-apps",
    "https://prod-12.westeurope.logic.azure.com:443/workflows/{hexadecimal:32}/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={base62:43}",
  ],
  [
    "power-automate",
    "https://default{hexadecimal:12}.4.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/{hexadecimal:32}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={base64url:43}",
  ],
  ["zapier", "https://hooks.zapier.com/hooks/catch/{digits:8}/{small:7}/"],
  ["cloudinary", "cloudinary://{digits:15}:{base64url:27}@acme-media"],
  ["apify", "apify_api_{base62:36}"],
  ["cockroachdb", "CCDB1_{base62:22}_{base62:40}"],
  ["devin", "cog_{small:1}abcdefgh"],
  ["configcat", "configcat-sdk-1/{base62:22}/{base62:22}"],
  ["buildkite-packages", "bkpat_{base64url:54}"],
  ["buildkite-cluster", "bkct_{base64url:73}"],
  ["tines", "https://acme-corp.tines.com/webhook/{hexadecimal:32}/{hexadecimal:32}"],
  ["polar", "polar_oat_{base62:43}"],
  ["paddle", "pdl_live_apikey_{small:26}_{base62:22}_{base62:3}"],
  ["aikido", "AIK_CI_{base62:32}"],
  ["aikido-secret", "AIK_SECRET_{base62:64}"],
  ["runpod", "rpa_{capitals:40}{base62:6}"],
  ["unkey", "unkey_{base62:24}"],
  ["wakatime", "waka_{uuid}"],
  ["pinterest", "pina_{capitals:80}"],
  ["mergify", "mergify_application_key_{base62:48}"],
  ["adobe", "p8e-{small:32}"],
  ["frame-io", "fio-u-{base62:64}"],
  ["ramp", "ramp_sec_{base62:48}"],
  ["rootly", "rootly_{hexadecimal:64}"],
  ["together-ai", "tgp_v1_{base62:43}"],
  ["cerebras", "csk-{small:48}"],
  ["gemini", "AQ.Ab8RN6{base62:44}"],
  ["vercel", "vcp_{base62:56}"],
  ["wandb", "wandb_v1_{base62:76}"],
  ["zuplo", "zpka_{hexadecimal:32}_{hexadecimal:8}"],
  ["lichess", "lip_{base62:20}"],
  ["settlemint", "sm_pat_{base62:16}"],
  ["onesignal", "os_v2_app_{small:1}"],
  ["mercury", "mercury_production_wma_{base62:44}_yrucrem"],
  ["astra", "AstraCS:{base62:24}:{hexadecimal:64}"],
  ["val-town", "vtwn_{base62:28}"],
  ["deno", "ddp_{base62:36}"],
  ["devcycle", "dvc_server_{hexadecimal:16}_{base62:20}"],
  ["infisical-machine", "st.{hexadecimal:24}.{hexadecimal:32}.{hexadecimal:32}"],
  ["upcloud", "ucat_{capitals:26}"],
  ["thunderstore", "tss_{base62:40}"],
  ["xata", "xau_{base62:40}"],
  ["langfuse", "sk-lf-{uuid}"],
  ["jina", "jina_{hexadecimal:32}{base62:28}"],
  ["firecrawl", "fc-{hexadecimal:32}"],
  ["e2b", "e2b_{hexadecimal:40}"],
  ["llama-cloud", "llx-{base62:48}"],
  ["netbird", "nbp_{base62:36}"],
  ["bugcrowd-percy", "web_{hexadecimal:64}"],
  ["mercado-pago", "APP_USR-{digits:16}-{digits:6}-{hexadecimal:32}-{digits:9}"],
  ["xendit", "xnd_production_{base62:48}"],
  ["pubnub", "sec-c-{base62:48}"],
  ["ory", "ory_pat_{base62:32}"],
  ["svix", "whsec_{base62:32}"],
  ["inngest", "signkey-prod-{hexadecimal:64}"],
  ["trigger", "tr_prod_{base62:24}"],
  ["checkly", "cu_{hexadecimal:32}"],
  ["defined-networking", "dnkey-{small:26}-{small:52}"],
  ["canva", "cnvca{base62:51}"],
  ["atlassian-admin", "ATCTT3xFfGN0{base62:172}={capitals:1}1234567"],
  ["zoho", "1000.{hexadecimal:32}.{hexadecimal:32}"],
  ["maxmind", "{base62:6}_{base62:29}_mmk"],
  ["volcengine", "AKLT{base62:44}"],
  ["ifttt", "https://maker.ifttt.com/trigger/door/with/key/{base62:22}"],
  ["make-hook", "https://hook.eu2.make.com/{small:32}"],
  ["convertkit", "kit_{hexadecimal:32}"],
  ["dbt-cloud", "dbtc_{base62:42}"],
  ["samsara", "samsara_api_{base62:30}"],
];

const fixed: Readonly<Record<string, (salt: string) => string>> = {
  devin: (salt) => `cog_${draw("base32", 52, salt).toLowerCase()}`,
  onesignal: (salt) => `os_v2_app_${draw("base32", 103, salt).toLowerCase()}`,
  "atlassian-admin": (salt) => `ATCTT3xFfGN0${draw("base62", 172, salt)}=${draw("hexadecimal", 8, salt).toUpperCase()}`,
};

function filled(form: string, salt: string): string {
  let count = 0;
  return form.replace(/\{(uuid|[a-z0-9]+)(?::(\d+))?\}/g, (_, kind: string, length: string) => {
    const own = `${salt}/${count++}`;
    return kind === "uuid" ? drawUuid(own) : draw(kind as Alphabet, Number(length), own);
  });
}

export function providerCases(): MadeCase[] {
  const cases = tokens.map(([name, form], i) => {
    const value = fixed[name]?.(name) ?? filled(form, name);
    const [file, text] = [
      ["client.py", `connect("${value}")\n`],
      ["notes.txt", `use ${value} for now\n`],
      ["app.js", `const x = '${value}';\n`],
    ][i % 3] as [string, string];
    return made(`provider/${name}`, file, text, value);
  });
  const bot = `${Buffer.from(`1${draw("digits", 17, "bot")}`).toString("base64")}.${draw("base62", 6, "bot")}.${draw("base62", 38, "bot")}`;
  const cloudinary = draw("base64url", 27, "cloudinary-secret");
  return [
    ...cases,
    made("provider/discord-bot", "index.js", `client.login("${bot}");\n`, bot),
    made("provider/cloudinary-secret", "app.js", `cloudinary.config({ api_secret: "${cloudinary}" });\n`, cloudinary),
  ];
}
