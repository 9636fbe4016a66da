import {
  alnum,
  atLeast,
  base32,
  base64,
  base64url,
  butNot,
  exactly,
  hex,
  jwtOf,
  lower,
  named,
  type Samples,
  texts,
  upper,
} from "./samples.fixture.ts";

const googleId = `GOOG1E${upper(55)}`;
const serviceRole = jwtOf({ iss: "supabase", role: "service_role", ref: lower(20) });
const anonymous = jwtOf({ iss: "supabase", role: "anon", ref: lower(20) });

export const cloudSamples: Readonly<Record<string, Samples>> = {
  "aws-access-key-id": butNot(
    `AKIAY${"A".repeat(5)}${base32(10)}`,
    `AKIA7${"7".repeat(15)}`,
    `AKIAY${base32(14)}`,
    `AKIAY${base32(14)}1`,
  ),
  "aws-temporary-access-key-id": butNot(
    `ASIAY${"A".repeat(5)}${base32(10)}`,
    `ASIA7${"7".repeat(15)}`,
    `ASIA${base32(15)}`,
  ),
  "aws-secret-access-key": named("AWS_SECRET_ACCESS_KEY", alnum(40)),
  "aws-session-token": named("AWS_SESSION_TOKEN", `IQoJ${alnum(300)}`, `IQoJ${alnum(40)}`),
  "aws-bedrock-api-key": atLeast(`ABSK${alnum(128)}`, 90),
  "aws-appsync-api-key": exactly(`da2-${lower(26)}`),
  "gcp-api-key": exactly(`AIza${alnum(35)}`),
  "firebase-web-api-key": texts(
    [
      `const firebaseConfig = {\n  apiKey: "AIza${alnum(35)}",\n  authDomain: "acme.firebaseapp.com",\n`,
      `VITE_FIREBASE_API_KEY=AIza${alnum(35)}\n`,
      `{"current_key": "AIza${alnum(35)}"}`,
      `<key>API_KEY</key>\n\t<string>AIza${alnum(35)}</string>`,
    ],
    [`const maps = {\n  apiKey: "AIza${alnum(35)}",\n};\n`, `GOOGLE_MAPS_API_KEY=AIza${alnum(35)}\n`],
  ),
  "gcp-oauth-client-secret": exactly(`GOCSPX-${alnum(28)}`),
  "gcp-oauth-access-token": atLeast(`ya29.${base64url(150)}`, 40),
  "gcp-oauth-refresh-token": named("refresh_token", `1//0${base64url(80)}`, `1//0${base64url(20)}`),
  "gcp-hmac-secret": texts(
    [`${googleId}\nsecret = ${base64(40)}\n`, `access: ${googleId}, secret: "${base64(40)}"`],
    [`${googleId}\nsecret = ${base64(39)}\n`, googleId],
  ),
  "alibaba-access-key-id": atLeast(`LTAI${alnum(20)}`, 14),
  "alibaba-access-key-secret": named("ALIYUN_ACCESS_KEY_SECRET", alnum(30)),
  "tencent-secret-id": exactly(`AKID${alnum(32)}`),
  "tencent-secret-key": named("TENCENTCLOUD_SECRET_KEY", alnum(32)),
  "baidu-cloud-api-key": exactly(`bce-v3/ALTAK-${alnum(21)}/${hex(40)}`),
  "huawei-cloud-secret-key": named("HW_SECRET_KEY", alnum(40)),
  "ibm-cloud-api-key": named("IBMCLOUD_API_KEY", base64url(44)),
  "yandex-cloud-api-key": atLeast(`AQVN${alnum(36)}`, 30),
  "yandex-static-access-key": exactly(`YCP${alnum(37)}`),
  "yandex-oauth-token": atLeast(`y0_${alnum(55)}`, 40),
  "firebase-cloud-messaging-key": atLeast(`AAAA${alnum(7)}:APA91b${alnum(134)}`, 100),
  "supabase-service-role-jwt": butNot(serviceRole, anonymous, jwtOf({ role: "service_role" })),
};
