import { alnum, atLeast, base32, base64url, exactly, hex, lower, type Samples, upper } from "./samples.fixture.ts";

export const agentSamples: Readonly<Record<string, Samples>> = {
  "together-ai-api-key": exactly(`tgp_v1_${alnum(43)}`),
  "cerebras-api-key": exactly(`csk-${lower(48)}`),
  "gemini-auth-key": exactly(`AQ.Ab8RN6${alnum(44)}`),
  "jina-api-key": exactly(`jina_${hex(32)}${alnum(28)}`),
  "firecrawl-api-key": exactly(`fc-${hex(32)}`),
  "e2b-api-key": exactly(`e2b_${hex(40)}`),
  "llama-cloud-api-key": exactly(`llx-${alnum(48)}`),
  "voyage-api-key": exactly(`pa-${alnum(43)}`),
  "modal-token-secret": exactly(`as-${alnum(22, "m")}`),
  "runpod-api-key": exactly(`rpa_${upper(40)}${alnum(6)}`),
  "wandb-api-key-v1": atLeast(`wandb_v1_${alnum(77)}`, 40),
  "minimax-api-key": atLeast(`sk-api-${base64url(119)}`, 80),
  "devin-api-key": atLeast(`apk_user_${alnum(148)}`, 70),
  "devin-service-user-token": exactly(`cog_${base32(52).toLowerCase()}`),
  "brave-search-api-key": atLeast(`BSA${alnum(28)}`, 20),
  "cursor-api-key": exactly(`key_${hex(64)}`),
  "helicone-api-key": exactly(`sk-helicone-${lower(7)}-${lower(7, "b")}-${lower(7, "c")}-${lower(7, "d")}`),
  "unkey-root-key": atLeast(`unkey_${alnum(24)}`, 16),
  "apify-api-token": atLeast(`apify_api_${alnum(36)}`, 40),
  "zuplo-api-key": exactly(`zpka_${lower(32)}_${hex(8)}`),
};
