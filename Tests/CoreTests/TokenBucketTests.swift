import Testing

@testable import Core

@Suite struct TokenBucketTests {
    private let second: Int64 = 1_000_000_000

    private func taken(_ bucket: inout TokenBucket, at now: Int64, tries: Int = 1000) -> Int {
        (0..<tries).count { _ in bucket.take(now: now) }
    }

    @Test func `so many at once, then as many as are earned`() {
        var bucket = TokenBucket(perSecond: 10, burst: 30, now: 5)
        #expect(taken(&bucket, at: 5) == 30)
        #expect(taken(&bucket, at: 5 + second / 10 - 1) == 0)
        #expect(taken(&bucket, at: 5 + second / 10) == 1)
        #expect(taken(&bucket, at: 5 + second) == 9)
    }

    @Test(arguments: [1, 3, 7, 1000, 10_000_000] as [Int64])
    func `a pause earns no more than the burst`(seconds: Int64) {
        var bucket = TokenBucket(perSecond: 10, burst: 5, now: 0)
        #expect(taken(&bucket, at: 0) == 5)
        #expect(taken(&bucket, at: seconds * second) == 5)
    }

    @Test func `parts of a token are kept, however often it is asked`() {
        var bucket = TokenBucket(perSecond: 3, burst: 2, now: 0)
        var got = taken(&bucket, at: 0)
        for now in stride(from: 0, through: 10 * second, by: 1_000_003) where bucket.take(now: now) {
            got += 1
        }
        if bucket.take(now: 10 * second) { got += 1 }
        #expect(got == 32)
    }

    @Test(arguments: [1, 3, 7, 1_000, 999_999_937])
    func `it knows how long until there is a token`(rate: Int) {
        var bucket = TokenBucket(perSecond: rate, burst: 1, now: 0), late = bucket
        #expect(bucket.wait == 0)
        #expect(taken(&bucket, at: 10) == 1 && taken(&late, at: 10) == 1)
        #expect(taken(&bucket, at: 10 + bucket.wait - 1) == 0 && taken(&late, at: 10 + late.wait) == 1)
    }

    @Test(arguments: [0, -5, Int.min]) func `less than one is one`(number: Int) {
        var bucket = TokenBucket(perSecond: number, burst: number, now: 0)
        #expect(taken(&bucket, at: 0) == 1)
        #expect(taken(&bucket, at: second - 1) == 0)
        #expect(taken(&bucket, at: second) == 1)
    }

    @Test func `the largest numbers and a clock that goes back are no trap`() {
        var bucket = TokenBucket(perSecond: 10_000_000, burst: 10_000_000, now: 0)
        let taken = [.max, 0, .max].map { bucket.take(now: $0) }
        #expect(taken == [true, true, true])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `in no stretch of time are there more than the burst and what it earns`(seed: UInt64) {
        var random = SplitMix(seed)
        let rate = Int64.random(in: 1...20, using: &random), burst = Int64.random(in: 1...20, using: &random)
        var bucket = TokenBucket(perSecond: Int(rate), burst: Int(burst), now: 0)
        var now: Int64 = 0
        var times: [Int64] = []
        for _ in 0..<500 {
            now += Int64.random(in: 0...second / 4, using: &random)
            if bucket.take(now: now) { times.append(now) }
        }
        for first in times.indices {
            let isWithin = times[first...].enumerated().allSatisfy { count, time in
                Int64(count) <= burst + (time - times[first]) * rate / second
            }
            #expect(isWithin)
        }
        #expect(!times.isEmpty)
    }
}
