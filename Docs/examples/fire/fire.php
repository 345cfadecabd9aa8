<?php
declare(strict_types=1);

/**
 * A site's side of Fire Web Socket, for PHP 7.4 and 8, with nothing else.
 *
 *     $fire = new Fire('127.0.0.1:8085');
 *     $fire->auth('shop', $secret);
 *     $fire->emit('news', ['text' => 'hello']);
 *
 * What the server refuses is thrown: a RuntimeException with its code and, as the message, its reason. With the code 0 it
 * is the connection that has failed; it is of no use any more then: make another.
 *
 * A user is a number or a string; null is nobody in particular. JSON's objects are PHP's: `$fire->get('news')->text`.
 */
final class Fire
{
    /** @var resource */
    private $stream;

    public function __construct(string $address = '127.0.0.1:8085', float $timeout = 10.0)
    {
        $stream = @stream_socket_client("tcp://$address", $number, $reason, $timeout);
        if ($stream === false) {
            throw new RuntimeException("$address: $reason");
        }
        stream_set_timeout($stream, (int) ceil($timeout));
        $this->stream = $stream;
    }

    public function __destruct()
    {
        if (is_resource($this->stream)) {
            fclose($this->stream);
        }
    }

    /** Makes a name space with the server's key, and is logged in to it. Its secret key is shown only here. */
    public function registerNameSpace(string $name, string $key): string
    {
        return $this->ask('registerNameSpace', ['name' => $name, 'key' => $key])->secretKey;
    }

    public function auth(string $name, string $secretKey): void
    {
        $this->ask('auth', ['name' => $name, 'sKey' => $secretKey]);
    }

    /** Sends an event to all in the channel, or to that user's connections in it. */
    public function emit(string $channel, $data, $user = null): void
    {
        $this->ask('emit', ['channel' => $channel, 'data' => $data, 'userId' => $user]);
    }

    /**
     * Keeps the channel's state, or the user's own state of it; null deletes it.
     *
     * @param bool $emit whether it is sent as an event, too
     * @param int|float|null $ttl seconds that it is kept for
     */
    public function set(string $channel, $data, $user = null, bool $emit = false, $ttl = null): void
    {
        $params = ['userId' => $user, 'emit' => $emit, 'ttl' => $ttl];
        $this->ask('set', ['channel' => $channel, 'data' => $data, 'params' => $params]);
    }

    /** The state that is kept; null: there is none. */
    public function get(string $channel, $user = null)
    {
        return $this->ask('get', ['channel' => $channel, 'params' => ['userId' => $user]]);
    }

    /** Who is in the channel: `countUser`, `countConnection`, `connId_UserId`; false where nobody ever was. */
    public function channelInfo(string $channel)
    {
        return $this->ask('channelInfo', ['channel' => $channel]);
    }

    /** Lets the user in to a private channel, such as `#orders`. */
    public function subscribe(string $channel, $user): void
    {
        $this->ask('subscribe', ['channel' => $channel, 'params' => ['userId' => $user]]);
    }

    /** Lets the user out of it, at once. */
    public function unsubscribe(string $channel, $user): void
    {
        $this->ask('unsubscribe', ['channel' => $channel, 'params' => ['userId' => $user]]);
    }

    /** What a browser shows to come in as the user: a JWT, good for so many seconds or, with 0, for ever. */
    public static function token(string $secretKey, $user, int $seconds = 0): string
    {
        $text = static function (string $bytes): string {
            return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
        };
        $payload = ['i' => $user] + ($seconds > 0 ? ['exp' => time() + $seconds] : []);
        $signed = $text('{"alg":"HS256"}') . '.' . $text(self::json($payload));
        return $signed . '.' . $text(hash_hmac('sha256', $signed, $secretKey, true));
    }

    /** One request and its answer: a length, the JSON, a zero byte each. */
    private function ask(string $action, array $members)
    {
        $body = self::json(['action' => $action] + $members);
        $this->write(pack('V', strlen($body)) . $body . "\0");
        $length = unpack('V', $this->read(4))[1];
        $answer = json_decode(substr($this->read($length + 1), 0, -1), false, 512, JSON_THROW_ON_ERROR);
        // A state may say "success": false, too; it does not have just these three members.
        if (is_object($answer) && isset($answer->success, $answer->reason, $answer->code)
            && count((array) $answer) === 3) {
            throw new RuntimeException($answer->reason, $answer->code);
        }
        return $answer;
    }

    private function write(string $bytes): void
    {
        while ($bytes !== '') {
            $count = @fwrite($this->stream, $bytes);
            if ($count === false || $count === 0) {
                $this->fail();
            }
            $bytes = (string) substr($bytes, $count);
        }
    }

    private function read(int $count): string
    {
        $bytes = '';
        while (strlen($bytes) < $count) {
            $part = @fread($this->stream, $count - strlen($bytes));
            if ($part === false || $part === '') {
                $this->fail();
            }
            $bytes .= $part;
        }
        return $bytes;
    }

    private function fail(): void
    {
        $isSlow = stream_get_meta_data($this->stream)['timed_out'];
        throw new RuntimeException($isSlow ? 'the server does not answer' : 'the server has closed the connection');
    }

    private static function json($value): string
    {
        return json_encode(
            $value,
            JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION
        );
    }
}
