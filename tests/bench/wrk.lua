-- What wrk is to ask beside GET, and what it is to say: one line of numbers.
-- Arguments: how many requests to send at once, and then header fields.
local text

function init(arguments)
	local depth = tonumber(arguments[1]) or 1
	local all = {}

	for i = 2, #arguments do
		local name, value = arguments[i]:match("^([^:]+): (.*)$")
		wrk.headers[name] = value
	end
	if depth > 1 then
		local one = wrk.format()
		for i = 1, depth do
			all[i] = one
		end
		text = table.concat(all)
		-- Made once: rendering it each time would be wrk's cost.
		request = function()
			return text
		end
	end
end

-- requests, seconds, bytes, microseconds of the median and of the 99th
-- percentile, answers of a status above 399, errors of sockets.
function done(summary, latency, requests)
	local e = summary.errors

	io.write(string.format("wrk %d %.6f %d %d %d %d %d\n",
		summary.requests, summary.duration / 1e6, summary.bytes,
		latency:percentile(50), latency:percentile(99), e.status,
		e.connect + e.read + e.write + e.timeout))
end
