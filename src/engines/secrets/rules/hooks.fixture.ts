import { alnum, atLeast, base64, exactly, hex, lower, number, type Samples, uuidOf } from "./samples.fixture.ts";

export const hookSamples: Readonly<Record<string, Samples>> = {
  "logic-apps-trigger-url": atLeast(
    `https://prod-12.westeurope.logic.azure.com:443/workflows/${hex(32)}/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${alnum(43)}`,
    150,
  ),
  "power-automate-flow-url": atLeast(
    `https://default${hex(12)}.4.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/${hex(32)}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${alnum(43)}`,
    200,
  ),
  "zapier-webhook-url": atLeast(`https://hooks.zapier.com/hooks/catch/${number(8)}/${lower(7)}/`, 46),
  "tines-webhook-url": atLeast(`https://acme-corp.tines.com/webhook/${hex(32)}/${hex(32, "b")}`, 80),
  "ifttt-webhook-url": atLeast(`https://maker.ifttt.com/trigger/door/with/key/${alnum(22)}`, 50),
  "make-webhook-url": atLeast(`https://hook.eu2.make.com/${lower(32)}`, 50),
  "pipedream-webhook-url": atLeast(`https://eo${lower(14)}.m.pipedream.net`, 20),
  "cloudinary-url-secret": atLeast(`cloudinary://${number(15)}:${alnum(27)}@acme-media`, 40),
  "rocket-chat-webhook-url": atLeast(`https://chat.acme-corp.io/hooks/${alnum(24)}/${alnum(48)}`, 60),
  "feishu-webhook-url": atLeast(`https://open.feishu.cn/open-apis/bot/v2/hook/${uuidOf()}`, 70),
  "dingtalk-webhook-url": atLeast(`https://oapi.dingtalk.com/robot/send?access_token=${hex(64)}`, 80),
  "wecom-webhook-url": atLeast(`https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${uuidOf()}`, 70),
  "azure-app-configuration-secret": atLeast(
    `Endpoint=https://acme.azconfig.io;Id=${alnum(4)}-l0-s0:${alnum(20)};Secret=${base64(44)}`,
    60,
  ),
  "slack-browser-token": exactly(`xoxc-${number(12)}-${number(12)}-${number(13)}-${hex(64)}`),
  "slack-cookie-token": atLeast(`xoxd-${alnum(120)}`, 50),
};
