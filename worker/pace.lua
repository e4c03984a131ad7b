-- What all workers together may ask of one host, on Redis' own clock. `worker/pace.py` says what each command is for,
-- and puts the constants (in capitals) in front.
--
-- KEYS[1] is the host's hash: tokens, at (when they were counted), blocked, tail (of the queue for tokens), rate and
-- places (as last asked with), held (seconds a place is held, on average), failures (in a row), error, failed_at, open
-- (until when the circuit is), opened (how often in a row), probe and prober (until when somebody finds out, and who).
-- Beside it lie two sorted sets: who holds a place, by when each lease ends, and who waits for one, by when they are
-- forgotten. Their names are made here, and the command comes as words in one text: each argument costs the client time.

local host = KEYS[1]
local name = string.sub(host, #HOST_PREFIX + 1)
local places, waiting = PLACES_PREFIX .. name, WAITING_PREFIX .. name
local moment = redis.call('TIME')
local now = moment[1] + moment[2] / 1000000

local function exact(number)
  return string.format('%.6f', number)
end

local function keep(seconds)
  redis.call('EXPIRE', host, math.ceil(math.max(HOST_SECONDS, seconds)))
end

-- Returns whether a place is free for a holder, or already theirs. Leases that have expired, or that lie too far ahead
-- because the clock has been set back, free theirs.
local function has_place(most, holder, lease)
  if most == 0 or redis.call('ZCARD', places) < most or redis.call('ZSCORE', places, holder) then return true end
  redis.call('ZREMRANGEBYSCORE', places, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', places, now + math.max(2 * lease, HOST_SECONDS), '+inf')
  return redis.call('ZCARD', places) < most
end

-- Returns the seconds after which a place should be free, and whether the holder may wait for that on the spot.
local function in_line(most, holder, held, further)
  redis.call('ZREMRANGEBYSCORE', waiting, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', waiting, now + 2 * HEARD_SECONDS, '+inf')
  local ahead, known = redis.call('ZCARD', waiting), redis.call('ZSCORE', waiting, holder)
  if known then ahead = ahead - 1 end
  local expected = (ahead + 1) * held / most
  if further or not (known or expected <= PATIENCE_SECONDS) then return expected, false end
  redis.call('ZADD', waiting, now + HEARD_SECONDS, holder)
  redis.call('EXPIRE', waiting, 60)
  return expected, true
end

local function take(command, rate, burst, most, lease, holder)
  local saved = redis.call('HMGET', host, 'tokens', 'at', 'blocked', 'tail', 'open', 'probe', 'prober', 'held')
  local passed = math.max(0, now - (tonumber(saved[2]) or now))
  local tokens = math.min(burst, (tonumber(saved[1]) or burst) + passed * rate)
  local blocked = math.min(tonumber(saved[3]) or 0, now + LONGEST_BLOCK)
  local tail = tonumber(saved[4]) or 0
  if tail > now + 86400 then tail = 0 end
  local open = saved[5] and math.min(tonumber(saved[5]), now + LONGEST_OPEN)
  local probe = tonumber(saved[6]) or 0
  if probe > now + math.max(2 * lease, HOST_SECONDS) then probe = 0 end

  local why, wait = 'go', 0
  if open and open > now then
    why, wait = 'open', open - now
  elseif open and probe > now and saved[7] ~= holder then
    why, wait = 'probed', probe - now
  elseif blocked > now then
    why, wait = 'paced', blocked - now
  elseif tokens < 1 then
    why, wait = 'paced', (1 - tokens) / rate
  elseif not has_place(most, holder, lease) then
    local here
    wait, here = in_line(most, holder, tonumber(saved[8]) or FIRST_HELD, command == 'further')
    why = here and 'here' or 'full'
  end

  if why == 'paced' and command == 'first' then
    tail = math.max(tail + 1 / rate, now + wait)
    wait = tail - now
  end
  if why == 'go' then
    tokens = tokens - 1
    if most > 0 then
      redis.call('ZADD', places, now + lease, holder)
      redis.call('EXPIRE', places, math.ceil(2 * lease))
    end
    if open then redis.call('HSET', host, 'probe', exact(now + lease), 'prober', holder) end
    if command == 'again' then redis.call('ZREM', waiting, holder) end
  elseif command == 'further' and most > 0 and redis.call('ZSCORE', places, holder) then
    redis.call('ZADD', places, now + wait + lease, holder)
    redis.call('EXPIRE', places, math.ceil(2 * (wait + lease)))
  end
  redis.call('HSET', host, 'tokens', string.format('%.9f', tokens), 'at', exact(now), 'blocked', exact(blocked),
    'tail', exact(tail), 'rate', rate)
  if most > 0 then redis.call('HSET', host, 'places', most) end
  if open then redis.call('HSET', host, 'open', exact(open)) end
  keep(math.max(open and FAILING_SECONDS or 0, burst / rate, blocked - now, tail - now))
  if why == 'go' then return 0 end
  return {why, exact(wait)}
end

local function fail(saved, holder, error)
  local failures, open, opened = (tonumber(saved[1]) or 0) + 1, tonumber(saved[2]), (tonumber(saved[3]) or 0) + 1
  redis.call('HSET', host, 'failures', failures, 'error', error, 'failed_at', exact(now))
  if (open and saved[4] == holder) or (not open and failures >= FAILURES) then
    local seconds = math.min(FIRST_OPEN * 2 ^ (opened - 1), LONGEST_OPEN)
    redis.call('HSET', host, 'open', exact(now + seconds), 'opened', opened)
    redis.call('HDEL', host, 'probe', 'prober')
  end
  keep(FAILING_SECONDS)
end

local function close()
  return redis.call('HDEL', host, 'failures', 'error', 'failed_at', 'open', 'opened', 'probe', 'prober')
end

local function leave(holder, answered, seconds, channel, message, error)
  redis.call('ZREM', places, holder)
  local saved = redis.call('HMGET', host, 'failures', 'open', 'opened', 'prober', 'held')
  if answered ~= 'unasked' then
    local held = (tonumber(saved[5]) or seconds) * 0.8 + seconds * 0.2
    redis.call('HSET', host, 'held', exact(held))
    keep(redis.call('TTL', host))
  end
  if answered == 'no' then
    fail(saved, holder, error)
  elseif answered == 'yes' and saved[1] then
    close()
  elseif saved[4] == holder then
    redis.call('HDEL', host, 'probe', 'prober')
  end
  if channel ~= '' then redis.call('PUBLISH', channel, message) end
end

local function block(seconds)
  seconds = math.min(seconds, LONGEST_BLOCK)
  if now + seconds > (tonumber(redis.call('HGET', host, 'blocked')) or 0) then
    redis.call('HSET', host, 'blocked', exact(now + seconds))
    keep(math.max(seconds, redis.call('TTL', host)))
  end
end

local words = {}
for word in string.gmatch(ARGV[1], '%S+') do words[#words + 1] = word end
local command = words[1]
if command == 'leave' then
  return leave(words[2], words[3], tonumber(words[4]), ARGV[2], ARGV[3], ARGV[4])
elseif command == 'block' then
  return block(tonumber(words[2]))
elseif command == 'close' then
  return close()
end
return take(command, tonumber(words[2]), tonumber(words[3]), tonumber(words[4]), tonumber(words[5]), words[6])
