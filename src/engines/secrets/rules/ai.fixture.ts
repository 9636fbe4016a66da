import { alnum, atLeast, base64url, exactly, hex, letters, named, type Samples, uuidOf } from "./samples.fixture.ts";

const mark = ["T3Blb", "kFJ"].join("");

export const aiSamples: Readonly<Record<string, Samples>> = {
  "openai-api-key": atLeast(`sk-proj-${alnum(74)}${mark}${alnum(74)}`, 90),
  "openai-unmarked-api-key": named("OPENAI_API_KEY", `sk-${alnum(48)}`, `sk-${alnum(20)}`),
  "anthropic-api-key": exactly(`sk-ant-api03-${base64url(93)}AA`),
  "anthropic-admin-key": exactly(`sk-ant-admin01-${base64url(93)}AA`),
  "anthropic-oauth-token": atLeast(`sk-ant-oat01-${base64url(95)}`, 60),
  "huggingface-access-token": exactly(`hf_${letters(34)}`),
  "huggingface-organization-token": exactly(`api_org_${letters(34)}`),
  "replicate-api-token": exactly(`r8_${alnum(37)}`),
  "cohere-api-key": named("COHERE_API_KEY", alnum(40)),
  "groq-api-key": exactly(`gsk_${alnum(52)}`),
  "xai-api-key": exactly(`xai-${alnum(80)}`),
  "perplexity-api-key": exactly(`pplx-${alnum(48)}`),
  "openrouter-api-key": exactly(`sk-or-v1-${hex(64)}`),
  "langsmith-api-key": exactly(`lsv2_pt_${hex(32)}_${hex(10)}`),
  "langfuse-secret-key": exactly(`sk-lf-${uuidOf()}`),
  "pinecone-api-key": exactly(`pcsk_${alnum(6)}_${alnum(63)}`),
  "nvidia-api-key": atLeast(`nvapi-${alnum(64)}`, 50),
  "fireworks-api-key": atLeast(`fw_${alnum(24)}`, 20),
  "tavily-api-key": exactly(`tvly-${alnum(32)}`),
  "mistral-api-key": named("MISTRAL_API_KEY", alnum(32)),
  "deepseek-api-key": named("DEEPSEEK_API_KEY", `sk-${hex(32)}`),
  "wandb-api-key": named("WANDB_API_KEY", hex(40)),
  "elevenlabs-api-key": named("ELEVENLABS_API_KEY", `sk_${hex(48)}`),
  "databricks-access-token": exactly(`dapi${hex(32)}`),
  "databricks-oauth-secret": exactly(`dose${hex(32)}`),
};
