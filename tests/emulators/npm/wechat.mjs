// Drives the emulator of WeChat Pay with wechatpay-axios-plugin, which verifies every answer itself;
// here it is verified once more with its helpers. Reads what it needs as JSON, writes what it saw.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

const { Wechatpay, Rsa, Aes, Formatter } = createRequire(import.meta.url)('wechatpay-axios-plugin');
const given = JSON.parse(readFileSync(0, 'utf8'));
const { values } = given;
const platform = Rsa.from(values.public_key, Rsa.KEY_TYPE_PUBLIC);

const client = new Wechatpay({
  baseURL: given.gateway,
  mchid: values.merchant_id,
  serial: values.certificate_serial,
  privateKey: Rsa.from(values.private_key),
  certs: { [values.public_key_id]: platform },
  secret: values.api_v3_key,
  // Keep the bytes as they came beside the parsed answer, for the second verification.
  proxy: false,
});

const seen = {};

const raw = (answer) => (answer.data === '' || answer.data === undefined ? '' : JSON.stringify(answer.data));

function verified(answer) {
  const { headers } = answer;
  const message = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], raw(answer));
  return Rsa.verify(message, headers['wechatpay-signature'], platform)
    && headers['wechatpay-serial'] === values.public_key_id;
}

async function call(name, promise) {
  try {
    const answer = await promise;
    seen[name] = { status: answer.status, data: answer.data, verified: verified(answer) };
  } catch (error) {
    if (!error.response) throw error;
    const { status, data, headers } = error.response;
    seen[name] = { status, data, signed: 'wechatpay-signature' in headers };
  }
  return seen[name].data;
}

const sealed = { headers: { 'Wechatpay-Serial': values.public_key_id } };
const steps = {
  async order({ number, notify_url }) {
    const order = (out_trade_no, total) => client.v3.pay.transactions.native.post({
      appid: values.app_id, mchid: values.merchant_id, description: '直播课', out_trade_no, notify_url,
      amount: { total, currency: 'CNY' }, settle_info: { profit_sharing: true },
    });
    await call('order', order(number, 10000));
    await call('same number, other amount', order(number, 10001));
    await call('other', order(`${number}c`, 500));
    const { mchid } = { mchid: values.merchant_id };
    const other = client.v3.pay.transactions.outTradeNo.$out_trade_no$;
    await call('query', other.get({ params: { mchid }, out_trade_no: number }));
    await call('close', other.close.post({ mchid }, { out_trade_no: `${number}c` }));
    await call('closed', other.get({ params: { mchid }, out_trade_no: `${number}c` }));
  },
  async notice({ body, headers }) {
    const message = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
    const { resource } = JSON.parse(body);
    seen.notice = {
      verified: Rsa.verify(message, headers['wechatpay-signature'], platform),
      plain: JSON.parse(Aes.AesGcm.decrypt(
        resource.ciphertext, values.api_v3_key, resource.nonce, resource.associated_data,
      )),
    };
  },
  async split({ transaction_id, openid, number }) {
    const { profitsharing } = client.v3;
    const appid = values.app_id;
    const name = Rsa.encrypt('张三', platform);
    await call('receiver', profitsharing.receivers.add.post({
      appid, type: 'PERSONAL_OPENID', account: openid, name, relation_type: 'DISTRIBUTOR',
    }, sealed));
    await call('split', profitsharing.orders.post({
      appid, transaction_id, out_order_no: number, unfreeze_unsplit: false,
      receivers: [{ type: 'PERSONAL_OPENID', account: openid, amount: 1000, description: '佣金' }],
    }));
    await call('split done', profitsharing.orders.$out_order_no$.get({
      params: { transaction_id }, out_order_no: number,
    }));
  },
  async transfer({ openid, number }) {
    const bills = client.v3.fundApp.mchTransfer.transferBills;
    await call('transfer', bills.post({
      appid: values.app_id, out_bill_no: number, transfer_scene_id: '1005', openid,
      user_name: Rsa.encrypt('张三', platform), transfer_amount: 200000, transfer_remark: '课程佣金',
      transfer_scene_report_infos: [
        { info_type: '岗位类型', info_content: '课程推广员' },
        { info_type: '报酬说明', info_content: '课程佣金' },
      ],
    }, sealed));
    await call('transfer query', bills.outBillNo.$out_bill_no$.get({ out_bill_no: number }));
  },
  async bill({ day }) {
    await call('bill', client.v3.bill.tradebill.get({
      params: { bill_date: day, bill_type: 'ALL', tar_type: 'GZIP' },
    }));
    const url = new URL(seen.bill.data.download_url);
    const file = await client.v3.billdownload.file.get({
      params: { token: url.searchParams.get('token') }, responseType: 'arraybuffer',
    });
    const text = gunzipSync(Buffer.from(file.data));
    seen.file = {
      text: text.toString('utf8'),
      digest: createHash('sha1').update(text).digest('hex'),
      signed: 'wechatpay-signature' in file.headers,
    };
  },
};

await steps[given.step](given);
process.stdout.write(JSON.stringify(seen));
