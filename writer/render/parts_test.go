package render_test

// severalContainers is a service in four containers: its own, a worker with the
// same image, a search server with a key and data, and a stateless converter.
var severalContainers = scenario{
	name: "parts", example: "example", service: "linkwarden",
	answers: said("packaging=container", "image=ghcr.io/linkwarden/linkwarden:v2.9.3@"+digest, "containerPort=3000", "dataDir=/data/data", "workload=config", "auth=caddy-security",
		"category=Productivity", "description=bookmarks with copies", "nfs=media", "secrets=MEILI_MASTER_KEY,NEXTAUTH_SECRET", "environment.MEILI_HOST=http://linkwarden-search:7700",
		"command=serve --title 'my links'",
		"parts.search.image=docker.io/getmeili/meilisearch:v1.12.8@"+digest, "parts.search.description=finds words in copies", "parts.search.port=7700", "parts.search.healthPath=/health",
		"parts.search.dataDir=/meili_data", "parts.search.secrets=MEILI_MASTER_KEY", "parts.search.environment.MEILI_NO_ANALYTICS=true", "parts.search.memory=1G",
		"parts.converter.image=docker.io/gotenberg/gotenberg:8.20.1@"+digest, "parts.converter.entrypoint=tini -- gotenberg", "parts.converter.command=--chromium-disable-javascript=true",
		"parts.converter.healthCommand=gotenberg health",
		"parts.worker.command=yarn 'worker start'", "parts.worker.environment.WORKER_LANES=2", "parts.worker.dataDir=/work"),
}

// severalParts are services that run as several containers or units.
var severalParts = []scenario{
	severalContainers,
	{name: "parts-factory", example: "example-registry", service: "linkwarden", answers: severalContainers.with("category=infrastructure").answers},
	{
		// A part computes on the graphics card, and another has a device of its own.
		name: "parts-hardware", example: "example", service: "linkwarden",
		answers: severalContainers.with("gpu=render", "parts.worker.gpu=render", "parts.search.gpu=render", "parts.search.devices=/dev/apex_0:/dev/apex_1").answers,
	},
	{
		name: "parts-hardware-factory", example: "example-registry", service: "linkwarden",
		answers: severalContainers.with("category=infrastructure", "-parts.search.secrets", "parts.search.devices=/dev/serial/by-id/usb-Reader-if00", "parts.worker.gpu=render").answers,
	},
	{
		name: "parts-units", example: "example", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite",
			"auth=builtin", "category=Infrastructure", "secrets=GOTIFY_TOKEN", "environment.GOTIFY_MODE=prod", "parts.worker.command=gotify-work --data {dataDir} 'two words'",
			"parts.worker.description=sends what waits", "parts.worker.environment.GOTIFY_QUEUE=all", "parts.cleaner.command=gotify-clean", "parts.cleaner.kind=scheduler", "parts.cleaner.after=worker",
			"parts.queue.command=gotify-queue", "parts.queue.kind=sidecar"),
	},
}
