// Drives the emulator of Alipay with Alipay's own client for Node, which signs every request and
// verifies every answer itself. Reads what it needs as JSON, writes what it saw.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { AlipaySdk } = createRequire(import.meta.url)('alipay-sdk');
const given = JSON.parse(readFileSync(0, 'utf8'));
const { values } = given;
const keys = given.mode === 'key'
  ? { alipayPublicKey: values.alipay_public_key }
  : {
    appCertContent: values.app_certificate,
    alipayPublicCertContent: values.alipay_certificate,
    alipayRootCertContent: values.root_certificate,
  };
const client = new AlipaySdk({
  appId: values.app_id,
  privateKey: values.private_key,
  keyType: 'PKCS8',
  gateway: given.gateway,
  camelcase: false,
  ...keys,
});

const seen = {};
for (const { name, method, content, notify_url, page } of given.calls ?? []) {
  const more = { bizContent: content, ...(notify_url ? { notifyUrl: notify_url } : {}) };
  try {
    seen[name] = page
      ? client.pageExecute(method, 'GET', more)
      : await client.exec(method, more, { validateSign: true });
  } catch (error) {
    seen[name] = { error: error.message };
  }
}
if (given.notice) {
  const told = Object.fromEntries(new URLSearchParams(given.notice));
  seen.notice = client.checkNotifySignV2({ ...told });
  seen.tampered = client.checkNotifySignV2({ ...told, total_amount: '0.01' });
}
process.stdout.write(JSON.stringify(seen));
