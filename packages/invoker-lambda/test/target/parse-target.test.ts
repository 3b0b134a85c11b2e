import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseTarget } from '../../src/target/parse-target.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:thumb';

describe('parseTarget takes', () => {
  it.each([
    ['thumb', { name: 'thumb' }],
    ['Thumb_nails-2.v1', { name: 'Thumb_nails-2.v1' }],
    ['thumb:PROD', { name: 'thumb', qualifier: 'PROD' }],
    ['thumb:7', { name: 'thumb', qualifier: '7' }],
    ['thumb:$LATEST', { name: 'thumb', qualifier: '$LATEST' }],
    ['123456789012:function:thumb', { name: 'thumb' }],
    ['123456789012:function:thumb:PROD', { name: 'thumb', qualifier: 'PROD' }],
    [ARN, { name: 'thumb', region: 'eu-west-1' }],
    [`${ARN}:PROD`, { name: 'thumb', qualifier: 'PROD', region: 'eu-west-1' }],
    [`${ARN}:$LATEST`, { name: 'thumb', qualifier: '$LATEST', region: 'eu-west-1' }],
    ['arn:aws-cn:lambda:cn-north-1:123456789012:function:thumb', { name: 'thumb', region: 'cn-north-1' }],
    ['arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:thumb', { name: 'thumb', region: 'us-gov-west-1' }],
    ['arn:aws-iso-b:lambda:us-isob-east-1:123456789012:function:thumb', { name: 'thumb', region: 'us-isob-east-1' }],
    ['arn:aws-eusc:lambda:eusc-de-east-1:123456789012:function:thumb', { name: 'thumb', region: 'eusc-de-east-1' }],
    ['x'.repeat(64), { name: 'x'.repeat(64) }],
    [`thumb:${'a'.repeat(128)}`, { name: 'thumb', qualifier: 'a'.repeat(128) }],
  ])('%s', (text, expected) => {
    assert.deepEqual(parseTarget(text), expected);
  });
});

describe('parseTarget refuses, and says what would be right:', () => {
  it.each([
    ['', /is missing; give the name or the ARN/],
    ['a b', /"a b" is not the address of a Lambda function; give a name \(thumbnails\)/],
    ['thumb/nails', /is not the address/],
    ['thumb:', /is not the address/],
    ['thumb:PROD:7', /is not the address/],
    ['thumb:PR OD', /is not the address/],
    ['thumb:$NEWEST', /is not the address/],
    ['thumb\n', /is not the address/],
    ['https://lambda.eu-west-1.amazonaws.com/thumb', /is not the address/],
    ['arn:aws:sqs:eu-west-1:123456789012:thumbs', /is not the address.*an ARN is like arn:aws:lambda:/],
    ['arn:aws:lambda:eu-west-1:123456789012:layer:thumb', /is not the address/],
    ['arn:aws:lambda:eu-west-1:1234:function:thumb', /is not the address/],
    ['arn:aws:lambda::123456789012:function:thumb', /is not the address/],
    ['arn:aws:lambda:europe:123456789012:function:thumb', /is not the address/],
    [`${ARN}:`, /is not the address/],
    ['thumb:0', /has the version 0; versions count from 1/],
    [`${ARN}:007`, /has the version 007/],
    ['x'.repeat(65), /names a function of 65 characters; a name has at most 64/],
    [`thumb:${'a'.repeat(129)}`, /has an alias of 129 characters; an alias has at most 128/],
    ['x'.repeat(257), /is 257 characters long; an ARN has at most 256/],
  ])('%j', (text, problem) => {
    const found = parseTarget(text);
    assert.match(typeof found === 'string' ? found : JSON.stringify(found), problem);
  });
});
