// Falco's own library over a capture: reads it with its state, and holds conditions against its events.
// libsinsp CAPTURE CONDITIONS: a condition a line, macros and lists put in. Prints one JSON object.
// libsinsp parameters: prints how many parameters it knows of each type of event.
// Built on the spot by peer.ts.
#include <libsinsp/sinsp.h>
#include <libsinsp/filter.h>
#include <libsinsp/filter/parser.h>
#include <libsinsp/filter/ppm_codes.h>
#include <libsinsp/filter_cache.h>
#include <libsinsp/filter_check_list.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

static double cpu_seconds() {
	timespec time{};
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct rule {
	size_t line;
	std::unique_ptr<sinsp_filter> filter;
	size_t matched = 0;
};

int main(int argc, char** argv) {
	if(argc == 2 && std::string(argv[1]) == "parameters") {
		sinsp inspector;
		const auto* table = inspector.get_event_info_tables()->m_event_info;
		for(int code = 0; code < PPM_EVENT_MAX; code++) {
			std::cout << (code == 0 ? "[" : ",") << table[code].nparams;
		}
		std::cout << "]\n";
		return 0;
	}
	if(argc != 3) {
		std::cerr << "libsinsp CAPTURE CONDITIONS | parameters\n";
		return 2;
	}
	sinsp inspector;
	sinsp_filter_check_list fields;
	auto factory = std::make_shared<sinsp_filter_factory>(&inspector, fields);
	auto caches = std::make_shared<exprstr_sinsp_filter_cache_factory>();
	std::vector<rule> rules;
	std::vector<std::vector<size_t>> by_type(PPM_EVENT_MAX);
	std::string refused;
	std::ifstream conditions(argv[2]);
	std::string text;
	for(size_t line = 0; std::getline(conditions, text); line++) {
		try {
			libsinsp::filter::parser parser(text);
			auto tree = parser.parse();
			sinsp_filter_compiler compiler(factory, tree.get(), caches);
			rules.push_back({line, compiler.compile()});
			for(auto code : libsinsp::filter::ast::ppm_event_codes(tree.get())) {
				by_type[code].push_back(rules.size() - 1);
			}
		} catch(const std::exception&) {
			refused += (refused.empty() ? "" : ",") + std::to_string(line);
		}
	}
	size_t events = 0;
	size_t asked = 0;
	const double before = cpu_seconds();
	try {
		inspector.open_savefile(argv[1]);
	} catch(const std::exception& error) {
		std::cerr << error.what() << "\n";
		return 1;
	}
	for(;;) {
		sinsp_evt* event = nullptr;
		const int32_t result = inspector.next(&event);
		if(result == SCAP_EOF) {
			break;
		}
		if(result == SCAP_TIMEOUT || result == SCAP_FILTERED_EVENT) {
			continue;
		}
		if(result != SCAP_SUCCESS) {
			std::cerr << inspector.getlasterr() << "\n";
			break;
		}
		events++;
		const auto& tried = by_type[event->get_type()];
		asked += tried.empty() ? 0 : 1;
		for(size_t index : tried) {
			if(rules[index].filter->run(event)) {
				rules[index].matched++;
			}
		}
	}
	const double seconds = cpu_seconds() - before;
	std::string matched;
	for(const auto& rule : rules) {
		if(rule.matched > 0) {
			matched += (matched.empty() ? "" : ",") + std::string("\"") + std::to_string(rule.line) +
			           "\":" + std::to_string(rule.matched);
		}
	}
	std::cout << "{\"events\":" << events << ",\"asked\":" << asked << ",\"seconds\":" << seconds
	          << ",\"refused\":[" << refused << "],\"matched\":{" << matched << "}}\n";
	return 0;
}
