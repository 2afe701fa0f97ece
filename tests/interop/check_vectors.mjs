// Holds wire.mjs against the test vectors: `node check_vectors.mjs FILE`; prints what is wrong.
import { readFileSync } from 'node:fs'
import { Refused, packEnvelope, sign, signedInput, unpack, verify } from './wire.mjs'

const vectors = JSON.parse(readFileSync(process.argv[2]))
const ring = vectors.ring.keys
const failures = []

function check(name, actual, expected) {
  if (actual !== expected) failures.push(`${name}: ${actual} instead of ${expected}`)
}

function bytes(text) {
  return Buffer.from(text, 'base64')
}

/** The message as mqtt.js hands it on, over MQTT 5 and over 3.1.1. */
function carried(vector) {
  const userProperties = {}
  for (const [name, value] of vector.user_properties) userProperties[name] = value
  const properties = { userProperties }
  if (vector.content_type !== undefined) properties.contentType = vector.content_type
  if (vector.response_topic !== undefined) properties.responseTopic = vector.response_topic
  if (vector.correlation_data !== undefined) {
    properties.correlationData = bytes(vector.correlation_data)
  }
  return [[properties, bytes(vector.body)], [undefined, bytes(vector['payload_3.1.1'])]]
}

function outcome(vector, properties, payload) {
  try {
    const { headers, body } = unpack(properties, payload)
    return verify(ring, vector.topic, headers, body, { now: vectors.now })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return error.reason
  }
}

for (const vector of vectors.valid) {
  const sender = vector.user_properties.find(([name]) => name === 'sid')[1]
  for (const [properties, payload] of carried(vector)) {
    const { headers, body } = unpack(properties, payload)
    check(vector.name, outcome(vector, properties, payload), sender)
    check(vector.name, signedInput(vector.algorithm, vector.topic, headers, body).toString('hex'),
      vector.signed_input)
    const { sv, kid, sig, ...unsigned } = headers
    const record = ring.find((key) => key.kid === kid)
    check(vector.name, sign(record, vector.topic, unsigned, body).sig, sig)
    const again = unpack(undefined, packEnvelope(headers, body))
    check(vector.name, JSON.stringify(again.headers), JSON.stringify(headers))
  }
}
for (const vector of vectors.invalid) {
  for (const [properties, payload] of carried(vector)) {
    check(vector.name, outcome(vector, properties, payload), vector.reason)
  }
}
for (const failure of failures) console.error(failure)
console.log(`${vectors.valid.length} valid, ${vectors.invalid.length} invalid`)
process.exit(failures.length ? 1 : 0)
