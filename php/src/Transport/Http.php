<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Exception\PlatenException;
use Platen\Exception\RequestRefused;
use Platen\Job\JobId;
use Platen\Job\JobSnapshot;
use Platen\Job\Receipt;
use Platen\SigningKey;

use function Platen\jwt_encode;
use function Platen\webhook_sign;

/**
 * Hands jobs to a daemon over HTTP, where its socket cannot be reached: from another container, or another host behind
 * a proxy with TLS.
 *
 * A page of a site on the daemon's own host uses {@see \Platen\Client}, which is many times quicker.
 */
final class Http
{
    private const TOKEN_LIFE_S = 60;

    private readonly SigningKey $key;

    /**
     * @param string $url Where the daemon or its proxy answers, such as `http://127.0.0.1:8787`.
     * @param string $secret `PLATEN_SITE_SECRET`.
     * @param int $deadlineMs How long to wait for a connection, and for each part of the answer.
     * @throws InvalidKey
     */
    public function __construct(
        private readonly string $url,
        private readonly string $site,
        #[\SensitiveParameter] string $secret,
        private readonly int $deadlineMs = 5000
    ) {
        $this->key = SigningKey::fromString($secret, $site);
    }

    /**
     * Hands a job over. When this returns, the job is durable.
     *
     * @param array<string, mixed> $job The `job` of a Submit, see docs/protocol.md; `id`, `request_id` and `created_at`
     *     may be left out.
     * @throws PlatenException
     */
    public function submit(array $job): Receipt
    {
        return Receipt::fromArray($this->post('/v1/jobs', Json::encode($job)));
    }

    /**
     * Hands several jobs over in one transaction: those with a receipt are durable.
     *
     * @param non-empty-list<array<string, mixed>> $jobs At most 256.
     * @return list<Receipt|RequestRefused> What became of each, in their order. The exceptions are not thrown.
     * @throws PlatenException If nothing became of any.
     */
    public function submitMany(array $jobs): array
    {
        $answer = $this->post('/v1/jobs', Json::encode(['jobs' => $jobs]));
        $items = $answer['receipts'] ?? null;
        if (!is_array($items) || count($items) !== count($jobs)) {
            throw Fault::internal("the daemon's answer does not belong to the request");
        }

        return array_map(
            static fn (array $item): Receipt|RequestRefused => isset($item['code'])
                ? Fault::refused((string) ($item['message'] ?? ''), (string) $item['code'])
                : Receipt::fromArray($item),
            array_values($items)
        );
    }

    /** @throws PlatenException */
    public function status(JobId $id): JobSnapshot
    {
        return JobSnapshot::fromArray($this->send('GET', "/v1/jobs/$id->value", $this->headers($id), null));
    }

    /** @throws PlatenException */
    public function cancel(JobId $id): JobSnapshot
    {
        return JobSnapshot::fromArray($this->post("/v1/jobs/$id->value/cancel", '', $id));
    }

    /**
     * @return array<string, mixed>
     * @throws PlatenException
     */
    private function post(string $path, string $body, ?JobId $id = null): array
    {
        $signature = webhook_sign('', time(), $body, $this->key, 'stripe');
        $headers = [...$this->headers($id), "X-Platen-Signature: $signature"];
        if ($body !== '') {
            $headers[] = 'Content-Type: application/json';
        }

        return $this->send('POST', $path, $headers, $body);
    }

    /** @return list<string> */
    private function headers(?JobId $id): array
    {
        $now = time();
        $claims = [
            'iss' => $this->site,
            'aud' => 'platen:jobs',
            'iat' => $now,
            'exp' => $now + self::TOKEN_LIFE_S,
            'jti' => bin2hex(random_bytes(16)),
        ];
        $token = jwt_encode($claims + ($id === null ? [] : ['sub' => $id->value]), $this->key);

        return ["Authorization: Bearer $token", 'Connection: close'];
    }

    /**
     * @param list<string> $headers
     * @return array<string, mixed>
     * @throws PlatenException
     */
    private function send(string $method, string $path, array $headers, ?string $body): array
    {
        $options = [
            'method' => $method,
            'header' => $headers,
            'timeout' => $this->deadlineMs / 1000,
            'protocol_version' => 1.1,
            // A refusal has a body too, and a redirect would take the token elsewhere.
            'ignore_errors' => true,
            'follow_location' => 0,
        ];
        if ($body !== null) {
            $options['content'] = $body;
        }
        $context = stream_context_create(['http' => $options]);
        $text = @file_get_contents($this->url . $path, false, $context);
        if ($text === false) {
            throw Fault::unavailable('the daemon did not answer over HTTP');
        }
        $fields = Json::decode($text);
        if (self::isSuccess($http_response_header)) {
            return $fields;
        }
        $error = is_array($fields['error'] ?? null) ? $fields['error'] : [];
        throw Fault::refused(
            (string) ($error['message'] ?? 'the daemon refused the request'),
            (string) ($error['code'] ?? 'internal')
        );
    }

    /** @param list<string> $head The lines of the answer's head. */
    private static function isSuccess(array $head): bool
    {
        return preg_match('~^HTTP/1\.[01] 2\d\d( |$)~', $head[0] ?? '') === 1;
    }
}
