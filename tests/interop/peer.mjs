// A client of mqtt.js and Node's crypto that follows docs/wire.md; tests drive it.
//
// node peer.mjs URL VERSION KEYS, then one JSON command a line on standard input:
//   {"do": "subscribe", "filter": ...}
//   {"do": "publish", "topic": ..., "messages": [...], "kid": ..., "sender": ..., "delivery": ...,
//    "threshold": ...}                       messages of a topic that ends in /batch go as one
// and one JSON event a line on standard output: ready, subscribed, published, message, error.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import mqtt from 'mqtt'
import { Refused, compress, messages, packEnvelope, packProperties, sign, unpack, verify } from './wire.mjs'

const [url, version, keys] = process.argv.slice(2)
const ring = JSON.parse(readFileSync(keys)).keys
const epoch = String(Date.now() * 1000)
let sequence = 0

function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

const client = mqtt.connect(url, { protocolVersion: Number(version), reconnectPeriod: 0 })
client.on('connect', () => tell({ event: 'ready' }))
client.on('error', (error) => tell({ event: 'error', text: String(error) }))

client.on('message', (topic, payload, packet) => {
  const event = { event: 'message', topic }
  try {
    const { headers, body } = unpack(packet.properties, payload)
    const isSigned = headers.sig !== undefined
    event.sender = isSigned ? verify(ring, topic, headers, body, { now: Date.now() / 1000 }) : null
    event.encoding = headers['content-encoding'] ?? null
    event.messages = messages(topic, headers, body)
  } catch (error) {
    event.refused = error instanceof Refused ? error.reason : String(error)
  }
  tell(event)
})

async function publish(command) {
  const whole = command.topic.endsWith('/batch') ? command.messages : command.messages[0]
  const [body, encoding] = compress(Buffer.from(JSON.stringify(whole)), command.threshold ?? Infinity)
  let headers = { 'content-type': 'application/json' }
  if (encoding) headers['content-encoding'] = encoding
  if (command.kid || command.delivery === 'durable') {
    sequence += 1
    headers = {
      ...headers, sid: command.sender, ep: epoch, seq: String(sequence), ts: String(Date.now() * 1000),
    }
  }
  if (command.kid) {
    headers.n = randomBytes(16).toString('base64url')
    headers = sign(ring.find((key) => key.kid === command.kid), command.topic, headers, body)
  }
  if (version === '5') {
    await client.publishAsync(command.topic, body, { qos: 1, properties: packProperties(headers) })
  } else {
    await client.publishAsync(command.topic, packEnvelope(headers, body), { qos: 1 })
  }
  tell({ event: 'published', topic: command.topic })
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  if (command.do === 'subscribe') {
    await client.subscribeAsync(command.filter, { qos: 1 })
    tell({ event: 'subscribed', filter: command.filter })
  } else {
    await publish(command)
  }
}
client.end()
